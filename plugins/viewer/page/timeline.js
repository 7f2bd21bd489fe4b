// The clock and its controls: a position in frames of the first file's rate.
const SPEEDS = [0.1, 0.25, 0.5, 1, 2];
const LABELS = [1, 2, 5, 10, 20, 25, 30, 50, 60, 100, 120, 200, 250, 500, 1000, 2000, 5000, 10000];
const LABEL_WIDTH = 64;

const element = (id) => document.getElementById(id);

export class Timeline {
  constructor(show) {
    this.show = show;
    this.position = 0;
    this.playing = false;
    this.looping = true;
    this.measure({ fps: 30, frames: 1 });
    element('scrub').addEventListener('input', ({ target }) => { this.pause(); this.seek(Number(target.value)); });
    element('play').addEventListener('click', () => this.toggle());
    element('first').addEventListener('click', () => this.seek(0));
    element('back').addEventListener('click', () => this.step(-1));
    element('forward').addEventListener('click', () => this.step(1));
    element('loop').addEventListener('click', () => this.toggleLoop());
    new ResizeObserver(() => this.rule()).observe(element('ruler'));
  }

  get shownFrame() { return Math.min(Math.floor(this.position + 1e-6), this.frames - 1); }

  get speed() { return Number(element('speed').value); }

  measure({ fps, frames }) {
    this.fps = fps;
    this.frames = frames;
    this.position = Math.min(this.position, frames - 1);
    element('scrub').max = String(frames - 1);
    for (const id of ['play', 'back', 'forward', 'first']) element(id).disabled = frames < 2;
    this.rule();
  }

  rule() {
    const last = this.frames - 1;
    const room = Math.max(element('ruler').clientWidth / LABEL_WIDTH, 1);
    const step = LABELS.find((one) => last / one <= room) ?? Math.ceil(last / room);
    const marks = [];
    for (let frame = 0; frame <= last; frame += step) {
      const mark = document.createElement('span');
      mark.textContent = String(frame);
      mark.style.left = `${last ? (100 * frame) / last : 0}%`;
      marks.push(mark);
    }
    element('ruler').replaceChildren(...marks);
  }

  seek(position) {
    this.position = Math.min(Math.max(position, 0), this.frames - 1);
    this.refresh();
  }

  step(frames) { this.pause(); this.seek(Math.round(this.shownFrame + frames)); }

  toggle() { if (this.playing) this.pause(); else this.play(); }

  play() {
    if (this.playing || this.frames < 2) return;
    if (this.position >= this.frames - 1) this.position = 0;
    this.playing = true;
    this.before = performance.now();
    requestAnimationFrame((now) => this.tick(now));
    this.refresh();
  }

  // A pause stands on a frame.
  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.seek(this.shownFrame);
  }

  tick(now) {
    if (!this.playing) return;
    this.position += (Math.max(now - this.before, 0) / 1000) * this.fps * this.speed;
    this.before = now;
    const last = this.frames - 1;
    if (this.position > last && this.looping) this.position %= last;
    else if (this.position > last) { this.position = last; this.playing = false; }
    this.refresh();
    requestAnimationFrame((next) => this.tick(next));
  }

  toggleLoop() {
    this.looping = !this.looping;
    element('loop').setAttribute('aria-pressed', String(this.looping));
  }

  changeSpeed(steps) {
    const index = SPEEDS.indexOf(this.speed) + steps;
    element('speed').value = String(SPEEDS[Math.min(Math.max(index, 0), SPEEDS.length - 1)]);
  }

  refresh() {
    element('scrub').value = String(this.shownFrame);
    element('frame').textContent = `${this.shownFrame} / ${this.frames - 1}`;
    element('time').textContent = `${(this.shownFrame / this.fps).toFixed(3)} s   ${Number(this.fps.toPrecision(6))} fps`;
    this.show(this.position);
  }
}
