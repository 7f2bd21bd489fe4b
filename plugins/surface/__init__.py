"""Geometry of triangle meshes: operators, nearest points, distances, and a mesh made fit for them."""
