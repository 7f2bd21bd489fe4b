"""glTF 2.0: skinned characters, blend shapes and their animation, as .glb or .gltf."""
