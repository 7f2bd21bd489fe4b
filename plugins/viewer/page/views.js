// Where the camera stands: in front of, beside, or close to the face of the first body.
import * as THREE from 'three';

const STANDS = {
  front: { turn: 0, height: 6 },
  side: { turn: 90, height: 6 },
  three_quarter: { turn: 35, height: 11 },
  face: { turn: 14, height: 3 },
};
const ROOM = 1.16;

export function placeOf(models, view, fieldOfView, aspect) {
  const stand = STANDS[view] ?? STANDS.three_quarter;
  const close = view === 'face' ? faceOf(models[0]) : null;
  const facing = close?.facing ?? facingOf(models[0]);
  const box = close?.box ?? commonBox(models);
  const target = box.getCenter(new THREE.Vector3());
  const size = box.getSize(new THREE.Vector3());
  const half = Math.tan(THREE.MathUtils.degToRad(fieldOfView / 2));
  const across = Math.hypot(size.x, size.z);
  const distance = ROOM * Math.max(size.y / 2 / half, across / 2 / half / aspect) + across / 4;
  const direction = facing.clone().applyAxisAngle(new THREE.Vector3(0, 1, 0), THREE.MathUtils.degToRad(stand.turn));
  const height = THREE.MathUtils.degToRad(stand.height);
  direction.multiplyScalar(Math.cos(height)).setY(Math.sin(height));
  return { target, eye: direction.multiplyScalar(Math.max(distance, 0.1)).add(target) };
}

// As large as the largest body, where the first one is.
function commonBox(models) {
  const [first, ...others] = models.map((model) => model.box());
  const middle = models[0].middle();
  others.forEach((box, index) => {
    const beside = middle.clone().sub(models[index + 1].middle()).setY(0);
    first.union(box.translate(beside));
  });
  return first;
}

// Which way +Z of the rest pose is turned: the turn about the vertical that best aligns the joints.
function facingOf(model) {
  const [rest, now] = [model.restJoints, model.jointPositions()].map(centred);
  let [sine, cosine] = [0, 0];
  rest.forEach((before, index) => {
    const after = now[index];
    sine += after.x * before.z - after.z * before.x;
    cosine += after.x * before.x + after.z * before.z;
  });
  const angle = Math.atan2(sine, cosine);
  return new THREE.Vector3(Math.sin(angle), 0, Math.cos(angle));
}

function centred(points) {
  const middle = points.reduce((sum, point) => sum.add(point), new THREE.Vector3()).divideScalar(points.length || 1);
  return points.map((point) => point.clone().sub(middle));
}

function faceOf(model) {
  // Parents come first, so that HeadTop_End, a child, is not taken for the head.
  const head = model.joints.find(({ name }) => /head/i.test(name));
  if (!head) return null;
  const box = new THREE.Box3();
  for (const mesh of model.meshes) if (mesh.isSkinnedMesh) box.union(headBox(mesh, head));
  if (box.isEmpty()) {
    const position = new THREE.Vector3().setFromMatrixPosition(head.matrixWorld);
    box.setFromCenterAndSize(position.setY(position.y + 0.1), new THREE.Vector3(0.25, 0.3, 0.25));
  }
  return { box, facing: facingOf(model) };
}

// The bounds of the vertices that the head, or what hangs on it, moves most.
function headBox(mesh, head) {
  const part = new Set();
  head.traverse((node) => part.add(mesh.skeleton.bones.indexOf(node)));
  const { skinIndex } = mesh.geometry.attributes;
  const [box, point] = [new THREE.Box3(), new THREE.Vector3()];
  for (let vertex = 0; vertex < skinIndex.count; vertex += 1) {
    // The largest weight comes first in what export.gltf writes.
    if (part.has(skinIndex.getX(vertex))) {
      mesh.getVertexPosition(vertex, point);
      box.expandByPoint(point.applyMatrix4(mesh.matrixWorld));
    }
  }
  return box;
}
