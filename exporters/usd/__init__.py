"""USD: UsdSkel characters, blend shapes and their animation, as .usd, .usda, .usdc or .usdz."""
