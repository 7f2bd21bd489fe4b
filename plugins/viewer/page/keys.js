// The keyboard.
const help = document.getElementById('help');

export function listenToKeys(timeline, panel, stage) {
  const view = (name) => () => stage.look(name);
  const toggle = (name) => () => panel.toggle(name);
  const actions = {
    ' ': () => timeline.toggle(),
    ArrowLeft: ({ shiftKey }) => timeline.step(shiftKey ? -10 : -1),
    ArrowRight: ({ shiftKey }) => timeline.step(shiftKey ? 10 : 1),
    Home: () => timeline.step(-Infinity),
    End: () => timeline.step(Infinity),
    '[': () => timeline.changeSpeed(-1),
    ']': () => timeline.changeSpeed(1),
    l: () => timeline.toggleLoop(),
    1: view('front'), 2: view('side'), 3: view('three_quarter'), 4: view('face'),
    b: toggle('skeleton'), w: toggle('wireframe'), c: toggle('clay'), g: toggle('floor'), f: toggle('follow'),
    '?': () => (help.open ? help.close() : help.showModal()),
  };
  // Before the controls see them: a focused slider or list would take the arrows for itself.
  addEventListener('keydown', (event) => {
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    if (help.open && event.key !== '?') return;
    if (event.target.tagName === 'SELECT' && event.key !== '?') return;
    event.preventDefault();
    event.stopPropagation();
    action(event);
  }, { capture: true });
}
