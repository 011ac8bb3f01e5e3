"""The pages: their sources in TypeScript, and the bundle that the build makes of them."""
