"""Pictures of takes without a display or a GPU: camera, z-buffer rasteriser, shading, ground, bones.

Pure functions on tensors with leading batch dimensions; the same on a CPU and on a GPU.
"""
