// A skeleton as octahedra, one a bone, from each joint to those that hang on it.
import * as THREE from 'three';

const WAIST = 0.16;
const THICKNESS = 0.085;
const [THINNEST, THICKEST] = [0.003, 0.03];
const TIP = 0.05;
const UP = new THREE.Vector3(0, 1, 0);

export class Bones {
  // `over`: drawn over a surface, through which it is seen.
  constructor(joints, over) {
    this.pairs = joints.flatMap((joint) => pairsOf(joint));
    const material = new THREE.MeshStandardMaterial({
      color: 0x74aef5, roughness: 0.5, flatShading: true, transparent: over, opacity: over ? 0.85 : 1, depthTest: !over,
    });
    this.mesh = new THREE.InstancedMesh(boneGeometry(), material, Math.max(this.pairs.length, 1));
    this.mesh.count = this.pairs.length;
    this.mesh.frustumCulled = false;
    this.mesh.castShadow = !over;
    this.mesh.renderOrder = over ? 10 : 0;
    this.group = new THREE.Group();
    this.group.add(this.mesh);
    this.update();
  }

  update() {
    const [from, to, along] = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Vector3()];
    const [turn, matrix, size] = [new THREE.Quaternion(), new THREE.Matrix4(), new THREE.Vector3()];
    this.pairs.forEach(([joint, child], index) => {
      from.setFromMatrixPosition(joint.matrixWorld);
      if (child) to.setFromMatrixPosition(child.matrixWorld);
      // A joint at which the chain ends goes on the way that it came.
      else to.setFromMatrixPosition((joint.parent ?? joint).matrixWorld).sub(from).negate().setLength(TIP).add(from);
      along.subVectors(to, from);
      const length = along.length();
      turn.setFromUnitVectors(UP, length > 1e-6 ? along.divideScalar(length) : UP);
      const width = Math.min(Math.max(THICKNESS * length, THINNEST), THICKEST);
      this.mesh.setMatrixAt(index, matrix.compose(from, turn, size.set(width, length, width)));
    });
    this.mesh.instanceMatrix.needsUpdate = true;
  }
}

function pairsOf(joint) {
  const children = joint.children.filter((child) => child.isBone);
  if (children.length) return children.map((child) => [joint, child]);
  return joint.parent?.isBone ? [[joint, null]] : [];
}

// From the origin to one along Y, thickest near its head.
function boneGeometry() {
  const [head, tail] = [[0, 0, 0], [0, 1, 0]];
  const ring = [[1, WAIST, 0], [0, WAIST, 1], [-1, WAIST, 0], [0, WAIST, -1]];
  const corners = ring.flatMap((one, index) => {
    const next = ring[(index + 1) % 4];
    return [head, one, next, tail, next, one];
  });
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute('position', new THREE.Float32BufferAttribute(corners.flat(), 3));
  geometry.computeVertexNormals();
  return geometry;
}
