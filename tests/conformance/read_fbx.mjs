// Reads FBX files with three.js and writes down what it sees.
//
//   node read_fbx.mjs JOBS.json REPORT.json
//
// JOBS is a list of {path, take, times, corners}: a file, the name of the animation to play, the
// seconds at which to pose it, and where to write the corners of its triangles (float32,
// times x corners x 3, metres).
import fs from 'node:fs';
import { AnimationMixer, LoopOnce, SkinnedMesh, Vector3 } from 'three';
import { FBXLoader } from 'three/addons/loaders/FBXLoader.js';

const CENTIMETRE = 0.01; // The loader leaves lengths as they are in the file.

// What the loader expects of a browser: pictures are asked for and never arrive.
globalThis.window = globalThis;
globalThis.self = globalThis;
globalThis.document = { createElementNS: () => ({ addEventListener() {}, removeEventListener() {} }) };
SkinnedMesh.prototype.normalizeSkinWeights = () => {}; // It would hide a wrong sum.

function posedCorners(meshes) {
  const corners = [];
  const point = new Vector3();
  for (const mesh of meshes) {
    for (let corner = 0; corner < mesh.geometry.attributes.position.count; corner++) {
      mesh.getVertexPosition(corner, point).applyMatrix4(mesh.matrixWorld).multiplyScalar(CENTIMETRE);
      corners.push(point.x, point.y, point.z);
    }
  }
  return Float32Array.from(corners);
}

function pose(scene, clip, time) {
  const mixer = new AnimationMixer(scene);
  if (clip) {
    const action = mixer.clipAction(clip);
    action.setLoop(LoopOnce);
    action.clampWhenFinished = true;
    action.play();
    mixer.setTime(time);
  }
  scene.updateMatrixWorld(true);
}

function found(scene, type) {
  const objects = [];
  scene.traverse((object) => object[type] && objects.push(object));
  return objects;
}

function read({ path, take, times, corners }) {
  const bytes = fs.readFileSync(path);
  const scene = new FBXLoader().parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), '');
  const meshes = found(scene, 'isMesh');
  const clip = scene.animations.find(({ name }) => name === take);
  const file = fs.openSync(corners, 'w');
  for (const time of times) {
    pose(scene, clip, time);
    fs.writeSync(file, posedCorners(meshes));
  }
  fs.closeSync(file);
  return {
    joints: found(scene, 'isBone').map((bone) => bone.userData.originalName ?? bone.name),
    meshes: meshes.map(({ name }) => name),
    shapes: meshes.flatMap((mesh) => Object.keys(mesh.morphTargetDictionary ?? {})),
    takes: scene.animations.map(({ name, duration }) => ({ name, duration })),
    materials: meshes.flatMap(({ material }) => [material].flat().map(({ name }) => name)),
    textured: meshes.flatMap(({ material }) => [material].flat().map(({ map }) => map !== null)),
  };
}

const [jobs, report] = process.argv.slice(2);
const results = JSON.parse(fs.readFileSync(jobs, 'utf8')).map(read);
fs.writeFileSync(report, JSON.stringify(results));
