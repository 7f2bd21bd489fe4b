"""The ICT-FaceKit morphable face as a character."""
