// Poses any glTF files with three.js, and writes down where their vertices and nodes are.
//
//   node pose_gltf.mjs JOBS.json REPORT.json
//
// JOBS is a list of {path, animation, fps, frames, output}: a .glb file, the number of an animation or
// null, frames counted from its first key, and where to write float32: for each frame the vertices of
// all meshes, then the world positions of all nodes. REPORT gets their names and the time of the first and last key.
import fs from 'node:fs';
import { AnimationMixer, LoopOnce, Texture, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

globalThis.self = globalThis; // The loader expects a browser's global object.

const nameOf = (object) => object.userData.name ?? object.name;

function load(path) {
  const bytes = new Uint8Array(fs.readFileSync(path));
  const loader = new GLTFLoader();
  // Node has no pictures; surfaces are all that is asked for.
  loader.register(() => ({ name: 'no_pictures', loadTexture: () => Promise.resolve(new Texture()) }));
  return loader.parseAsync(bytes.buffer, '');
}

function positions(meshes, nodes) {
  const found = [];
  const point = new Vector3();
  for (const mesh of meshes) {
    for (let vertex = 0; vertex < mesh.geometry.attributes.position.count; vertex++) {
      mesh.getVertexPosition(vertex, point).applyMatrix4(mesh.matrixWorld);
      found.push(point.x, point.y, point.z);
    }
  }
  for (const node of nodes) {
    point.setFromMatrixPosition(node.matrixWorld);
    found.push(point.x, point.y, point.z);
  }
  return new Float32Array(found);
}

async function pose({ path, animation, fps, frames, output }) {
  const gltf = await load(path);
  const [meshes, nodes] = [[], []];
  gltf.scene.traverse((object) => (object.isMesh ? meshes : nodes).push(object));
  const clip = animation === null ? null : gltf.animations[animation];
  const start = clip ? Math.min(...clip.tracks.map((track) => track.times[0])) : 0;
  const mixer = new AnimationMixer(gltf.scene);
  const action = clip && mixer.clipAction(clip);
  if (action) {
    action.setLoop(LoopOnce);
    action.clampWhenFinished = true;
  }
  const file = fs.openSync(output, 'w');
  for (const frame of frames) {
    action?.reset().play();
    mixer.setTime(start + frame / fps);
    gltf.scene.updateMatrixWorld(true);
    fs.writeSync(file, positions(meshes, nodes));
  }
  fs.closeSync(file);
  return {
    start,
    end: clip?.duration ?? 0,
    meshes: meshes.map((mesh) => [nameOf(mesh), mesh.geometry.attributes.position.count]),
    nodes: nodes.map(nameOf),
  };
}

const [jobs, report] = process.argv.slice(2);
const results = [];
for (const job of JSON.parse(fs.readFileSync(jobs, 'utf8'))) results.push(await pose(job));
fs.writeFileSync(report, JSON.stringify(results));
