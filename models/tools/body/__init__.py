"""The trunk in CT from body meshes: bodies and images, training, measuring and export of the package `body`."""
