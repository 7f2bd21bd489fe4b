// Plays VRM animations with @pixiv/three-vrm-animation on humanoids that the job describes.
//
//   node read_vrma.mjs JOBS.json REPORT.json
//
// JOBS is a list of {path, times, bones, expressions}: a .vrma file, the times in seconds at which to
// pose, the humanoid's bones in its T-pose as [name, parent or null, translation, rotation], parents
// first, and the names of its custom expressions. REPORT gets a list with the validator's messages, and
// for every time the bones' world positions and rotations, twice: of the humanoid, and positions of the
// file's own nodes; and the expressions' weights.
import fs from 'node:fs';
import { AnimationMixer, LoopOnce, Object3D, Quaternion, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { VRMExpression, VRMExpressionManager, VRMExpressionPresetName, VRMHumanoid } from '@pixiv/three-vrm-core';
import { VRMAnimationLoaderPlugin, createVRMAnimationClip } from '@pixiv/three-vrm-animation';
import validator from 'gltf-validator';

globalThis.self = globalThis; // The loader expects a browser's global object.

function humanoidOf(bones) {
  const root = new Object3D();
  const nodes = {};
  for (const [name, parent, translation, rotation] of bones) {
    const node = new Object3D();
    node.name = `raw_${name}`;
    node.position.fromArray(translation);
    node.quaternion.fromArray(rotation);
    (parent === null ? root : nodes[parent]).add(node);
    nodes[name] = node;
  }
  root.updateMatrixWorld(true);
  const humanBones = Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, { node }]));
  const humanoid = new VRMHumanoid(humanBones);
  root.add(humanoid.normalizedHumanBonesRoot);
  return { root, nodes, humanoid };
}

function expressionsOf(root, names) {
  const manager = new VRMExpressionManager();
  for (const name of [...Object.values(VRMExpressionPresetName), ...names]) {
    const expression = new VRMExpression(name);
    manager.registerExpression(expression);
    root.add(expression);
  }
  return manager;
}

function player(root, clip) {
  const mixer = new AnimationMixer(root);
  const action = mixer.clipAction(clip).setLoop(LoopOnce);
  action.clampWhenFinished = true;
  return (time) => {
    action.reset().play();
    mixer.setTime(time);
    root.updateMatrixWorld(true);
  };
}

const places = (nodes) => nodes.map((node) => node.getWorldPosition(new Vector3()).toArray());
const turns = (nodes) => nodes.map((node) => node.getWorldQuaternion(new Quaternion()).toArray());

async function read({ path, times, bones, expressions }) {
  const bytes = new Uint8Array(fs.readFileSync(path));
  const complaints = [];
  console.warn = (...words) => complaints.push(words.join(' '));
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMAnimationLoaderPlugin(parser));
  const gltf = await loader.parseAsync(bytes.buffer, '');
  const [animation] = gltf.userData.vrmAnimations;
  const { root, nodes, humanoid } = humanoidOf(bones);
  const expressionManager = expressionsOf(root, expressions);
  const vrm = { humanoid, expressionManager, meta: { metaVersion: '1' }, scene: root };
  const play = player(root, createVRMAnimationClip(animation, vrm));
  const playFile = player(gltf.scene, gltf.animations[0]);
  const own = await Promise.all(
    bones.map(([name]) => {
      const { humanBones } = gltf.parser.json.extensions.VRMC_vrm_animation.humanoid;
      return gltf.parser.getDependency('node', humanBones[name].node);
    }),
  );
  const report = await validator.validateBytes(bytes, { uri: path, maxIssues: 100 });
  const result = { issues: report.issues, complaints, duration: animation.duration, frames: [] };
  result.presets = [...animation.expressionTracks.preset.keys()];
  result.custom = [...animation.expressionTracks.custom.keys()];
  for (const time of times) {
    play(time);
    humanoid.update();
    root.updateMatrixWorld(true);
    playFile(time);
    const raw = bones.map(([name]) => nodes[name]);
    const weights = Object.fromEntries(expressionManager.expressions.map((e) => [e.expressionName, e.weight]));
    result.frames.push({ positions: places(raw), rotations: turns(raw), own: places(own), weights });
  }
  return result;
}

const [jobs, report] = process.argv.slice(2);
const results = [];
for (const job of JSON.parse(fs.readFileSync(jobs, 'utf8'))) results.push(await read(job));
fs.writeFileSync(report, JSON.stringify(results));
