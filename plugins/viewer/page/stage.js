// What is drawn: a scene a file, side by side through one camera, only when something changed.
import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { placeOf } from './views.js';

const BACK = 0x16191f;
const FLOOR_SIZE = 40;
const UP = new THREE.Vector3(0, 1, 0);
// Towards the lights, metres from the body: right, up, and back to the camera.
const KEY = [-3.2, 5, 3.2];
const FILL = [4, 1.5, 1];

export class Stage {
  constructor(canvas, models) {
    this.models = models;
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.shadowMap.enabled = true;
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    this.renderer.setScissorTest(true);
    this.camera = new THREE.PerspectiveCamera(30, 1, 0.03, 200);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.addEventListener('change', () => this.invalidate());
    this.sets = models.map(setFor);
    this.following = true;
    this.middle = models[0].middle();
    this.label();
    new ResizeObserver(() => this.invalidate()).observe(canvas.parentElement);
  }

  label() {
    if (this.models.length < 2) return;
    const names = this.models.map(({ description }) => Object.assign(document.createElement('span'), { textContent: description.name }));
    document.getElementById('labels').replaceChildren(...names);
  }

  invalidate() {
    if (this.awaited) return;
    this.awaited = requestAnimationFrame(() => { this.awaited = null; this.draw(); });
  }

  look(view) {
    const { width, height } = this.pane();
    const { target, eye } = placeOf(this.models, view, this.camera.fov, width / height);
    this.controls.target.copy(target);
    this.camera.position.copy(eye);
    this.controls.update();
    this.middle = this.models[0].middle();
    this.view = view;
    this.invalidate();
  }

  // Goes along with the first body; the second is seen from the same place beside its own.
  follow() {
    const middle = this.models[0].middle();
    if (this.following) {
      const step = middle.clone().sub(this.middle).setY(0);
      this.camera.position.add(step);
      this.controls.target.add(step);
    }
    this.middle = middle;
  }

  setFloor(shown) { for (const set of this.sets) set.floor.visible = shown; }

  pane() {
    const { clientWidth, clientHeight } = this.renderer.domElement.parentElement;
    return { width: Math.max(clientWidth / this.models.length, 1), height: Math.max(clientHeight, 1) };
  }

  // The lights go round with the camera, so that every side is lit alike.
  light({ key, fill }, middle) {
    const { x, z } = this.camera.position.clone().sub(this.controls.target);
    const turn = Math.atan2(x, z);
    key.position.set(...KEY).applyAxisAngle(UP, turn).add(middle);
    fill.position.set(...FILL).applyAxisAngle(UP, turn).add(middle);
    key.target.position.copy(middle);
    fill.target.position.copy(middle);
  }

  draw() {
    const { width, height } = this.pane();
    this.renderer.setSize(width * this.models.length, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.sets.forEach((set, index) => {
      const model = this.models[index];
      const middle = model.middle();
      const beside = this.following ? middle.clone().sub(this.middle).setY(0) : new THREE.Vector3();
      this.light(set, middle);
      this.camera.position.add(beside);
      this.renderer.setViewport(index * width, 0, width, height);
      this.renderer.setScissor(index * width, 0, width, height);
      this.renderer.render(set.scene, this.camera);
      this.camera.position.sub(beside);
    });
    document.body.dataset.drawn = String(Number(document.body.dataset.drawn ?? 0) + 1);
  }
}

function setFor(model) {
  const scene = new THREE.Scene();
  scene.background = new THREE.Color(BACK);
  scene.fog = new THREE.Fog(BACK, 9, 26);
  const key = keyLight();
  const fill = new THREE.DirectionalLight(0xa9c4ff, 0.8);
  const floor = floorOf();
  scene.add(new THREE.HemisphereLight(0xdfe8ff, 0x5a534c, 1.3), key, key.target, fill, fill.target, floor, model.root);
  return { scene, key, fill, floor };
}

function keyLight() {
  const key = new THREE.DirectionalLight(0xfff3e2, 2.6);
  key.castShadow = true;
  key.shadow.mapSize.set(2048, 2048);
  key.shadow.radius = 3;
  key.shadow.bias = -0.0004;
  key.shadow.normalBias = 0.02;
  const reach = 2.2;
  Object.assign(key.shadow.camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: 0.5, far: 15 });
  return key;
}

function floorOf() {
  const floor = new THREE.Group();
  const grid = gridOf();
  const plain = new THREE.Mesh(
    new THREE.PlaneGeometry(FLOOR_SIZE, FLOOR_SIZE).rotateX(-Math.PI / 2),
    new THREE.MeshStandardMaterial({ color: 0x3d434d, roughness: 1, metalness: 0, depthWrite: false }),
  );
  // First the plane, then the lines in it, then all else: without depth they cannot fight.
  plain.renderOrder = -2;
  grid.renderOrder = -1;
  grid.material.depthWrite = false;
  plain.receiveShadow = true;
  floor.add(plain, grid);
  return floor;
}

// A metre at a time: some drivers drop a whole line that reaches behind the camera.
function gridOf() {
  const half = FLOOR_SIZE / 2;
  const points = [];
  for (let line = -half; line <= half; line += 1) {
    for (let metre = -half; metre < half; metre += 1) {
      points.push(line, 0, metre, line, 0, metre + 1, metre, 0, line, metre + 1, 0, line);
    }
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute('position', new THREE.Float32BufferAttribute(points, 3));
  return new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ color: 0x66707f }));
}
