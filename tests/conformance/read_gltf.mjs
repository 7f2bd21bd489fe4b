// Reads glTF files with three.js and gltf-validator and writes down what they see.
//
//   node read_gltf.mjs JOBS.json REPORT.json
//
// JOBS is a list of {path, times, vertices}: a .glb file, the times in seconds at which to pose it,
// and where to write the posed vertices (float32, times x vertices x 3). REPORT gets a list with
// what each file holds.
import fs from 'node:fs';
import { AnimationMixer, LoopOnce, SkinnedMesh, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import validator from 'gltf-validator';

globalThis.self = globalThis; // The loader expects a browser's global object.
// three.js scales the first four weights of a vertex to sum to one, which would hide a wrong sum.
SkinnedMesh.prototype.normalizeSkinWeights = () => {};

async function validate(bytes, path) {
  const report = await validator.validateBytes(bytes, { uri: path, maxIssues: 100 });
  const { numErrors, numWarnings, messages } = report.issues;
  return { numErrors, numWarnings, messages };
}

function findMesh(scene) {
  const meshes = [];
  scene.traverse((object) => object.isSkinnedMesh && meshes.push(object));
  if (meshes.length !== 1) throw new Error(`${meshes.length} skinned meshes`);
  return meshes[0];
}

// three.js poses with the first set of four influences. Its bone transform is linear in the
// weights, so one call per set, added up, poses with all of them.
function influenceSets({ attributes }) {
  const sets = [[attributes.skinIndex, attributes.skinWeight]];
  for (let n = 1; attributes[`joints_${n}`]; n++) sets.push([attributes[`joints_${n}`], attributes[`weights_${n}`]]);
  return sets;
}

function posedVertices(mesh, sets) {
  const { attributes } = mesh.geometry;
  const count = attributes.position.count;
  const positions = new Float32Array(3 * count);
  const [shaped, part, sum] = [new Vector3(), new Vector3(), new Vector3()];
  // SkinnedMesh's own method would add the first set of influences; its parent's applies morph targets only.
  const withMorphTargets = Object.getPrototypeOf(SkinnedMesh.prototype).getVertexPosition;
  for (let vertex = 0; vertex < count; vertex++) {
    withMorphTargets.call(mesh, vertex, shaped);
    sum.set(0, 0, 0);
    for (const [joints, weights] of sets) {
      if (weights.getX(vertex) === 0) continue; // The largest come first: nothing in this set.
      [attributes.skinIndex, attributes.skinWeight] = [joints, weights];
      sum.add(mesh.applyBoneTransform(vertex, part.copy(shaped)));
    }
    sum.toArray(positions, 3 * vertex);
  }
  return positions;
}

function* poses(gltf, mesh, times) {
  const mixer = new AnimationMixer(gltf.scene);
  const action = gltf.animations.length ? mixer.clipAction(gltf.animations[0]) : null;
  if (action) {
    action.setLoop(LoopOnce);
    action.clampWhenFinished = true;
  }
  const sets = influenceSets(mesh.geometry);
  for (const time of times) {
    action?.reset().play();
    mixer.setTime(time);
    gltf.scene.updateMatrixWorld(true);
    yield posedVertices(mesh, sets);
  }
}

async function read({ path, times, vertices }) {
  const bytes = new Uint8Array(fs.readFileSync(path));
  const gltf = await new GLTFLoader().parseAsync(bytes.buffer, '');
  const mesh = findMesh(gltf.scene);
  const file = fs.openSync(vertices, 'w');
  for (const positions of poses(gltf, mesh, times)) fs.writeSync(file, positions);
  fs.closeSync(file);
  return {
    issues: await validate(bytes, path),
    joints: mesh.skeleton.bones.map((bone) => bone.userData.name ?? bone.name),
    shapes: Object.keys(mesh.morphTargetDictionary ?? {}),
    animations: gltf.animations.map(({ name, duration, userData }) => ({ name, duration, extras: userData })),
  };
}

const [jobs, report] = process.argv.slice(2);
const results = [];
for (const job of JSON.parse(fs.readFileSync(jobs, 'utf8'))) results.push(await read(job));
fs.writeFileSync(report, JSON.stringify(results));
