// The page: loads the models, and joins stage, timeline, panel and keyboard.
import { loadModel } from './model.js';
import { Stage } from './stage.js';
import { Timeline } from './timeline.js';
import { Panel } from './panel.js';
import { listenToKeys } from './keys.js';

const asked = new URLSearchParams(`${location.search.slice(1)}&${location.hash.slice(1)}`);
const message = document.getElementById('message');

async function start() {
  const { models: described } = await (await fetch('models.json')).json();
  const models = await Promise.all(described.map(loadModel));
  document.title = `${described.map((one) => one.name).join(' | ')} - motionloom`;
  document.getElementById('title').textContent = described.map((one) => one.name).join('  |  ');
  const stage = new Stage(document.getElementById('canvas'), models);
  const timeline = new Timeline((frame) => show(models, stage, panel, timeline, frame));
  const panel = new Panel(models, described, stage, (model, take) => {
    model.choose(take);
    timeline.measure(lengthOf(models));
    timeline.refresh();
  });
  timeline.measure(lengthOf(models));
  listenToKeys(timeline, panel, stage);
  open(stage, timeline, panel);
  message.textContent = '';
  document.body.dataset.ready = 'true';
}

// What the address asks for: ?frame=12&take=walk&view=face&skeleton=1&wireframe=1&clay=1&play=1
function open(stage, timeline, panel) {
  if (asked.has('take')) panel.chooseTake(asked.get('take'));
  for (const name of ['skeleton', 'wireframe', 'clay', 'floor', 'follow']) {
    if (asked.has(name)) panel.toggle(name, asked.get(name) === '1');
  }
  timeline.seek(Number(asked.get('frame') ?? 0) || 0);
  stage.look(asked.get('view') ?? 'three_quarter');
  timeline.refresh();
  if (asked.get('play') === '1') timeline.play();
}

// The first file sets the rate; the timeline is as long as the longest take.
function lengthOf(models) {
  const { fps } = models[0].take;
  const seconds = Math.max(...models.map(({ take }) => (take.frames - 1) / take.fps));
  return { fps, frames: Math.round(seconds * fps) + 1 };
}

function show(models, stage, panel, timeline, frame) {
  for (const model of models) model.seek(frame / timeline.fps);
  stage.follow();
  stage.invalidate();
  panel.update(models[0]);
  Object.assign(document.body.dataset, {
    frame: timeline.shownFrame, frames: timeline.frames, fps: timeline.fps, take: models[0].take.name,
    playing: timeline.playing,
  });
}

start().catch((error) => {
  message.textContent = `This cannot be shown: ${error.message}`;
  document.body.dataset.ready = 'failed';
  throw error;
});
