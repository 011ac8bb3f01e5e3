"""The waiting room: who may ask for places when more people come than can be served at once."""
