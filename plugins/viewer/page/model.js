// One file: its scene, its takes, and what the panel can change about its looks.
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { Bones } from './bones.js';

const CLAY = new THREE.MeshStandardMaterial({ color: 0xb9a795, roughness: 0.85, side: THREE.DoubleSide });
const WIRE = new THREE.MeshBasicMaterial({
  color: 0x8fc3ff, wireframe: true, transparent: true, opacity: 0.35, depthWrite: false,
  polygonOffset: true, polygonOffsetFactor: -1, polygonOffsetUnits: -1,
});

export async function loadModel(description) {
  const gltf = await new GLTFLoader().loadAsync(description.url);
  return new Model(gltf, description);
}

class Model {
  constructor(gltf, description) {
    this.root = gltf.scene;
    this.description = description;
    this.clips = gltf.animations;
    this.mixer = new THREE.AnimationMixer(this.root);
    this.meshes = [];
    this.joints = [];
    this.root.traverse((node) => {
      if (node.isMesh) this.meshes.push(node);
      if (node.isBone) this.joints.push(node);
    });
    this.dress();
    this.root.updateMatrixWorld(true);
    this.restJoints = this.jointPositions();
    this.bones = new Bones(this.joints, this.meshes.length > 0);
    this.root.add(this.bones.group);
    this.setSkeleton(this.meshes.length === 0);
    this.choose(description.first);
  }

  dress() {
    this.materials = this.meshes.map((mesh) => mesh.material);
    this.wires = this.meshes.map(wireOver);
    for (const mesh of this.meshes) {
      mesh.castShadow = mesh.receiveShadow = true;
      // What moves the vertices does not move the bounds that culling trusts.
      mesh.frustumCulled = false;
      for (const material of [mesh.material].flat()) material.side = THREE.DoubleSide;
    }
    for (const [index, wire] of this.wires.entries()) this.meshes[index].parent.add(wire);
    // A file without materials reads as plain white, which shows no form.
    this.plain = this.materials.flat().every((one) => !one.map && one.color.getHex() === 0xffffff);
    this.setClay(this.plain);
    this.setWireframe(false);
  }

  choose(index) {
    this.take = this.description.takes[index];
    const clip = this.clips.find(({ name }) => name === this.take.name);
    this.mixer.stopAllAction();
    this.action = clip ? this.mixer.clipAction(clip) : null;
    if (this.action) {
      this.action.play();
      this.action.paused = true;
    }
    this.seek(0);
  }

  // Seconds from the first frame; the last pose holds.
  seek(seconds) {
    if (this.action) {
      this.action.time = Math.min(Math.max(seconds, 0), this.action.getClip().duration);
      this.mixer.update(0);
    }
    this.root.updateMatrixWorld(true);
    this.bones.update();
  }

  setSkeleton(shown) { this.bones.group.visible = shown; }

  setWireframe(shown) { for (const wire of this.wires) wire.visible = shown; }

  setClay(clay) { this.meshes.forEach((mesh, index) => { mesh.material = clay ? CLAY : this.materials[index]; }); }

  jointPositions() { return this.joints.map((joint) => new THREE.Vector3().setFromMatrixPosition(joint.matrixWorld)); }

  // Where the body is: the middle of its joints, or of its surface where it has none.
  middle() {
    if (!this.joints.length) return this.box().getCenter(new THREE.Vector3());
    const sum = new THREE.Vector3();
    for (const position of this.jointPositions()) sum.add(position);
    return sum.divideScalar(this.joints.length);
  }

  box() {
    const box = new THREE.Box3().setFromPoints(this.jointPositions());
    for (const mesh of this.meshes) {
      if (mesh.isSkinnedMesh) mesh.computeBoundingBox();
      box.union(new THREE.Box3().setFromObject(mesh));
    }
    return box;
  }

  // Weights by name, the largest of all meshes that share it.
  morphWeights() {
    const weights = new Map();
    for (const { morphTargetDictionary: names, morphTargetInfluences: values } of this.meshes) {
      for (const [name, index] of Object.entries(names ?? {})) {
        if (Math.abs(values[index]) >= Math.abs(weights.get(name) ?? 0)) weights.set(name, values[index]);
      }
    }
    return weights;
  }
}

function wireOver(mesh) {
  const wire = mesh.isSkinnedMesh ? new THREE.SkinnedMesh(mesh.geometry, WIRE) : new THREE.Mesh(mesh.geometry, WIRE);
  if (mesh.isSkinnedMesh) wire.bind(mesh.skeleton, mesh.bindMatrix);
  if (mesh.morphTargetInfluences) wire.morphTargetInfluences = mesh.morphTargetInfluences;
  wire.frustumCulled = false;
  wire.matrixAutoUpdate = false;
  wire.matrix.copy(mesh.matrix);
  return wire;
}
