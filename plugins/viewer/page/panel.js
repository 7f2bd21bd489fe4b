// The panel at the side: takes, what is shown, face shapes, facts and warnings.
const SHOWN_SHAPES = 10;
const LEAST_WEIGHT = 0.005;

const element = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

export class Panel {
  constructor(models, described, stage, choose) {
    this.models = models;
    this.stage = stage;
    this.choose = choose;
    this.selects = models.map((model, index) => this.takeList(model, described[index]));
    element('clay').checked = models.every(({ plain }) => plain);
    element('skeleton').checked = models.every(({ meshes }) => meshes.length === 0);
    for (const name of ['skeleton', 'wireframe', 'clay', 'floor', 'follow']) {
      element(name).addEventListener('change', ({ target }) => this.apply(name, target.checked));
    }
    element('views').addEventListener('click', ({ target }) => {
      if (target.dataset.view) stage.look(target.dataset.view);
    });
    element('help-button').addEventListener('click', () => element('help').showModal());
    for (const one of described) element('facts').append(factsOf(one));
    this.warn(described);
  }

  takeList(model, { takes, first, name }) {
    const options = takes.map((take, index) => make('option', { value: String(index), textContent: take.name }));
    const select = make('select', { ariaLabel: `Take of ${name}`, title: name }, ...options);
    select.value = String(first);
    select.addEventListener('change', () => this.choose(model, Number(select.value)));
    element('takes').append(select);
    return select;
  }

  chooseTake(name) {
    const index = this.models[0].description.takes.findIndex((take) => take.name === name);
    if (index < 0) return;
    this.selects[0].value = String(index);
    this.choose(this.models[0], index);
  }

  toggle(name, checked = !element(name).checked) {
    element(name).checked = checked;
    this.apply(name, checked);
  }

  apply(name, checked) {
    if (name === 'floor') this.stage.setFloor(checked);
    if (name === 'follow') this.stage.following = checked;
    for (const model of this.models) {
      if (name === 'skeleton') model.setSkeleton(checked);
      if (name === 'wireframe') model.setWireframe(checked);
      if (name === 'clay') model.setClay(checked);
    }
    this.stage.invalidate();
  }

  update(model) {
    const active = [...model.morphWeights()].filter(([, weight]) => Math.abs(weight) >= LEAST_WEIGHT);
    active.sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
    const rows = active.slice(0, SHOWN_SHAPES).map(([name, weight]) => make('div', { className: 'morph' },
      make('span', { textContent: name, title: name }),
      make('progress', { max: 1, value: Math.min(Math.abs(weight), 1) }),
      make('output', { textContent: weight.toFixed(2) })));
    const none = make('div', { className: 'empty', textContent: 'none active' });
    element('morphs-section').hidden = model.description.shapes === 0;
    element('morphs').replaceChildren(...(rows.length ? rows : [none]));
  }

  warn(described) {
    const texts = described.flatMap(({ name, warnings }) => warnings.map((text) => (described.length > 1 ? `${name}: ${text}` : text)));
    element('warnings').hidden = texts.length === 0;
    element('warnings').querySelector('ul').replaceChildren(...texts.map((textContent) => make('li', { textContent })));
  }
}

function factsOf({ name, joints, vertices, triangles, shapes }) {
  const list = make('dl', { className: 'facts' }, make('dt', { className: 'name', textContent: name }));
  for (const [label, value] of Object.entries({ joints, vertices, triangles, 'face shapes': shapes })) {
    list.append(make('dt', { textContent: label }), make('dd', { textContent: value.toLocaleString('en') }));
  }
  return list;
}
