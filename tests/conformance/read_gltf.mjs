// Reads glTF files with three.js and gltf-validator and writes down what they see.
//
//   node read_gltf.mjs JOBS.json REPORT.json
//
// JOBS is a list of {path, animation, times, vertices}: a .glb or .gltf file, the name of an animation in
// it, the times in seconds at which to pose it, and where to write the posed vertices of all meshes
// (float32, times x vertices x 3); of a file without a mesh, the positions of its joints. REPORT gets a
// list with what each file holds.
import fs from 'node:fs';
import path from 'node:path';
import { AnimationMixer, LoadingManager, LoopOnce, SkinnedMesh, Vector3 } from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import validator from 'gltf-validator';

globalThis.self = globalThis; // The loader expects a browser's global object.
globalThis.ProgressEvent ??= class extends Event {};
globalThis.createImageBitmap = async (blob) => ({ width: 1, height: 1, bytes: blob.size, type: blob.type });
// three.js scales the first four weights of a vertex to sum to one, which would hide a wrong sum.
SkinnedMesh.prototype.normalizeSkinWeights = () => {};

const MEDIA = { '.bin': 'application/octet-stream', '.png': 'image/png', '.jpg': 'image/jpeg' };

function beside(file, uri) {
  return path.join(path.dirname(file), decodeURIComponent(uri));
}

const reports = new Map(); // Files do not change while this runs.

async function validate(bytes, file) {
  if (!reports.has(file)) reports.set(file, await issuesOf(bytes, file));
  return reports.get(file);
}

async function issuesOf(bytes, file) {
  const externalResourceFunction = async (uri) => new Uint8Array(fs.readFileSync(beside(file, uri)));
  const report = await validator.validateBytes(bytes, { uri: file, maxIssues: 100, externalResourceFunction });
  const { numErrors, numWarnings, messages } = report.issues;
  return { numErrors, numWarnings, messages };
}

// Node fetches no files, but data URIs: what lies beside a .gltf goes in as such.
function loaderOf(file) {
  const manager = new LoadingManager();
  manager.setURLModifier((url) => {
    if (/^(data|blob):/.test(url)) return url;
    const found = beside(file, url);
    return `data:${MEDIA[path.extname(found)]};base64,${fs.readFileSync(found).toString('base64')}`;
  });
  return new GLTFLoader(manager);
}

// Every SkinnedMesh by the numbers of its mesh and primitive in the file.
function findPrimitives(gltf) {
  const found = [];
  gltf.scene.traverse((object) => object.isSkinnedMesh && found.push(object));
  const place = (object) => gltf.parser.associations.get(object);
  found.sort((a, b) => place(a).meshes - place(b).meshes || place(a).primitives - place(b).primitives);
  return { primitives: found, firsts: found.filter((object) => place(object).primitives === 0), place };
}

function describe(gltf, { primitives, firsts, place }) {
  return firsts.map((first) => {
    const own = primitives.filter((object) => place(object).meshes === place(first).meshes);
    return {
      name: gltf.parser.json.meshes[place(first).meshes].name,
      vertices: first.geometry.attributes.position.count,
      shapes: Object.keys(first.morphTargetDictionary ?? {}),
      textured: first.geometry.attributes.uv !== undefined,
      primitives: own.map(({ material, geometry }) => ({
        material: material.name,
        color: [...material.color.toArray(), material.opacity],
        metallic: material.metalness,
        roughness: material.roughness,
        texture: material.map && { name: material.map.name, bytes: material.map.image.bytes },
        triangles: geometry.index.count / 3,
      })),
    };
  });
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

function placed(joints) {
  const at = new Vector3();
  return new Float32Array(joints.flatMap((joint) => joint.getWorldPosition(at).toArray()));
}

function* poses(gltf, meshes, joints, { animation, times }) {
  const mixer = new AnimationMixer(gltf.scene);
  const clip = gltf.animations.find(({ name }) => name === animation);
  const action = clip && mixer.clipAction(clip);
  if (action) {
    action.setLoop(LoopOnce);
    action.clampWhenFinished = true;
  }
  const sets = meshes.map((mesh) => influenceSets(mesh.geometry));
  for (const time of times) {
    action?.reset().play();
    mixer.setTime(time);
    gltf.scene.updateMatrixWorld(true);
    if (meshes.length === 0) yield placed(joints);
    for (const [number, mesh] of meshes.entries()) yield posedVertices(mesh, sets[number]);
  }
}

async function read(job) {
  const bytes = new Uint8Array(fs.readFileSync(job.path));
  const gltf = await loaderOf(job.path).parseAsync(bytes.buffer, '');
  const found = findPrimitives(gltf);
  const numbers = gltf.parser.json.skins[0].joints;
  const joints = await Promise.all(numbers.map((node) => gltf.parser.getDependency('node', node)));
  const file = fs.openSync(job.vertices, 'w');
  for (const positions of poses(gltf, found.firsts, joints, job)) fs.writeSync(file, positions);
  fs.closeSync(file);
  return {
    issues: await validate(bytes, job.path),
    joints: joints.map((joint) => joint.userData.name ?? joint.name),
    bones: joints.every((joint) => joint.isBone),
    meshes: describe(gltf, found),
    animations: gltf.animations.map(({ name, duration, userData }) => ({ name, duration, extras: userData })),
  };
}

const [jobs, report] = process.argv.slice(2);
const results = [];
for (const job of JSON.parse(fs.readFileSync(jobs, 'utf8'))) results.push(await read(job));
fs.writeFileSync(report, JSON.stringify(results));
