"""Neural Face Skinning: expressions from any face to any face (Cha et al., Eurographics 2025)."""
