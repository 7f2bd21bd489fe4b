import itertools

import pytest
import torch

from motionloom.core.data import Skeleton
from motionloom.plugins.retarget.roles.assemble import assemble
from motionloom.plugins.retarget.roles.names import read_names
from motionloom.plugins.retarget.roles.parts import BODY, JointRoles, Role

# Each rig as chains of joints, the first of a chain being where the others of it hang.
RIGS = {
    "mixamo": """
        mixamorig:Hips mixamorig:Spine mixamorig:Spine1 mixamorig:Spine2 mixamorig:Neck mixamorig:Head
        mixamorig:Head mixamorig:HeadTop_End
        mixamorig:Spine2 mixamorig:*Shoulder mixamorig:*Arm mixamorig:*ForeArm mixamorig:*Hand mixamorig:*HandIndex1
        mixamorig:Hips mixamorig:*UpLeg mixamorig:*Leg mixamorig:*Foot mixamorig:*ToeBase mixamorig:*Toe_End
    """,
    "mixamo without colons": """
        mixamorig9Hips mixamorig9Spine mixamorig9Neck mixamorig9Head
        mixamorig9Spine mixamorig9*Shoulder mixamorig9*Arm mixamorig9*ForeArm mixamorig9*Hand
        mixamorig9Hips mixamorig9*UpLeg mixamorig9*Leg mixamorig9*Foot mixamorig9*ToeBase
    """,
    "vrm": """
        Root J_Bip_C_Hips J_Bip_C_Spine J_Bip_C_Chest J_Bip_C_UpperChest J_Bip_C_Neck J_Bip_C_Head
        J_Bip_C_UpperChest J_Bip_#_Shoulder J_Bip_#_UpperArm J_Bip_#_LowerArm J_Bip_#_Hand J_Bip_#_Index1
        J_Bip_C_Hips J_Bip_#_UpperLeg J_Bip_#_LowerLeg J_Bip_#_Foot J_Bip_#_ToeBase
    """,
    "vrm humanoid": """
        hips spine chest upperChest neck head
        upperChest +Shoulder +UpperArm +LowerArm +Hand +IndexProximal +IndexIntermediate +IndexDistal
        hips +UpperLeg +LowerLeg +Foot +Toes
    """,
    "smpl": """
        Pelvis Spine1 Spine2 Spine3 Neck Head
        Spine3 #_Collar #_Shoulder #_Elbow #_Wrist #_Hand
        Pelvis #_Hip #_Knee #_Ankle #_Foot
    """,
    "smpl-x": """
        pelvis spine1 spine2 spine3 neck head jaw
        spine3 +_collar +_shoulder +_elbow +_wrist +_index1 +_index2
        pelvis +_hip +_knee +_ankle +_foot
    """,
    "biped": """
        Bip001 Bip001_Pelvis Bip001_Spine Bip001_Spine1 Bip001_Neck Bip001_Head Bip001_HeadNub
        Bip001_Neck Bip001_#_Clavicle Bip001_#_UpperArm Bip001_#_Forearm Bip001_#_Hand
        Bip001_Spine Bip001_#_Thigh Bip001_#_Calf Bip001_#_Foot Bip001_#_Toe0 Bip001_#_Toe0Nub
    """,
    "rigify": """
        root DEF-spine DEF-spine.001 DEF-spine.002 DEF-spine.003 DEF-head
        DEF-spine.003 DEF-shoulder.# DEF-upper_arm.# DEF-upper_arm.#.001 DEF-forearm.# DEF-forearm.#.001 DEF-hand.#
        DEF-hand.# DEF-f_index.01.#
        DEF-spine DEF-thigh.# DEF-thigh.#.001 DEF-shin.# DEF-shin.#.001 DEF-foot.# DEF-toe.#
    """,
    "character creator": """
        CC_Base_BoneRoot CC_Base_Hip CC_Base_Waist CC_Base_Spine01 CC_Base_Spine02 CC_Base_NeckTwist01
        CC_Base_NeckTwist01 CC_Base_NeckTwist02 CC_Base_Head
        CC_Base_Spine02 CC_Base_#_Clavicle CC_Base_#_Upperarm CC_Base_#_Forearm CC_Base_#_Hand CC_Base_#_Mid1
        CC_Base_#_Upperarm CC_Base_#_UpperarmTwist01
        CC_Base_Hip CC_Base_#_Thigh CC_Base_#_Calf CC_Base_#_Foot CC_Base_#_ToeBase
    """,
    "unreal": """
        root pelvis spine_01 spine_02 spine_03 neck_01 head
        spine_03 clavicle_% upperarm_% lowerarm_% hand_% index_01_%
        upperarm_% upperarm_twist_01_%
        pelvis thigh_% calf_% foot_% ball_%
        thigh_% thigh_twist_01_%
        root ik_foot_root ik_foot_%
    """,
    "acclaim": """
        root lowerback upperback thorax lowerneck upperneck head
        thorax %clavicle %humerus %radius %wrist %hand %fingers
        %wrist %thumb
        root %hipjoint %femur %tibia %foot %toes
    """,
    "cmu bvh of cgspeed": """
        Hips LowerBack Spine Spine1 Neck Neck1 Head
        Spine1 *Shoulder *Arm *ForeArm *Hand *FingerBase *HandIndex1
        *FingerBase #Thumb
        Hips #HipJoint *UpLeg *Leg *Foot *ToeBase
    """,
    "cmu bvh of bvh11": """
        Hips lowerback Chest Chest2 lowerneck Neck Head
        Chest2 *Collar *Shoulder *Elbow *Wrist %hand #Fingers
        *Wrist #Thumb
        Hips #HipJoint *Hip *Knee *Ankle *Toe
    """,
    "makehuman": """
        root spine05 spine04 spine03 spine02 spine01 neck01 neck02 neck03 head jaw
        spine01 clavicle.# shoulder01.# upperarm01.# upperarm02.# lowerarm01.# lowerarm02.# wrist.# finger2-1.#
        root pelvis.# upperleg01.# upperleg02.# lowerleg01.# lowerleg02.# foot.# toe1-1.#
    """,
    "kaykit": """
        root hips spine chest head
        chest upperarm.% lowerarm.% wrist.% hand.% handslot.%
        hips upperleg.% lowerleg.% foot.% toes.%
        root kneeIK.%
        root handIK.%
    """,
}
SIDES = {"Left": ("Left", "L", "l", "left"), "Right": ("Right", "R", "r", "right")}


def skeleton_of(rig: str) -> Skeleton:
    parents: dict[str, str | None] = {}
    for line in filter(None, map(str.strip, rig.splitlines())):
        sided = any(mark in line for mark in "*#%+")
        for marks in SIDES.values() if sided else [("", "", "", "")]:
            chain = line
            for mark, word in zip("*#%+", marks, strict=True):
                chain = chain.replace(mark, word)
            joints = chain.split()
            if not parents:
                parents[joints[0]] = None
            for above, joint in itertools.pairwise(joints):
                parents.setdefault(joint, above)
    names = tuple(parents)
    rotations = torch.zeros(len(names), 4)
    rotations[:, 3] = 1.0
    indices = tuple(-1 if above is None else names.index(above) for above in parents.values())
    return Skeleton(names, indices, torch.rand(len(names), 3), rotations)


def roles_in(skeleton: Skeleton) -> JointRoles:
    return assemble(skeleton, read_names(skeleton.names))


def named(skeleton: Skeleton, role: Role) -> list[str]:
    return [skeleton.names[joint] for joint in roles_in(skeleton).of(role)]


@pytest.mark.parametrize("rig", RIGS)
def test_the_names_of_every_common_rig_give_a_whole_body(rig: str) -> None:
    skeleton = skeleton_of(RIGS[rig])
    roles = roles_in(skeleton)
    assert not roles.missing(BODY)
    assert not roles.missing((Role.HEAD, Role.SPINE, Role.LEFT_HAND, Role.RIGHT_HAND, Role.LEFT_TOES, Role.RIGHT_TOES))
    joints = [joint for role in roles for joint in roles.of(role)]
    assert len(joints) == len(set(joints)), "a joint plays one role only"


@pytest.mark.parametrize("rig", RIGS)
def test_left_and_right_are_told_apart_the_same_way(rig: str) -> None:
    skeleton = skeleton_of(RIGS[rig])
    roles = roles_in(skeleton)
    for role in (Role.LEFT_UPPER_ARM, Role.LEFT_FOREARM, Role.LEFT_HAND, Role.LEFT_UPPER_LEG, Role.LEFT_TOES):
        other = Role(role.value.replace("left", "right"))
        assert len(roles.of(role)) == len(roles.of(other))
        assert not set(roles.of(role)) & set(roles.of(other))


@pytest.mark.parametrize(
    ("rig", "role", "joints"),
    [
        ("mixamo", Role.LEFT_CLAVICLE, ["mixamorig:LeftShoulder"]),
        ("mixamo", Role.LEFT_LOWER_LEG, ["mixamorig:LeftLeg"]),
        ("mixamo", Role.LEFT_TOES, ["mixamorig:LeftToeBase"]),
        ("smpl", Role.LEFT_UPPER_ARM, ["L_Shoulder"]),
        ("smpl", Role.LEFT_HAND, ["L_Wrist", "L_Hand"]),
        ("smpl", Role.RIGHT_FOOT, ["R_Ankle"]),
        ("smpl", Role.RIGHT_TOES, ["R_Foot"]),
        ("smpl", Role.RIGHT_UPPER_LEG, ["R_Hip"]),
        ("biped", Role.HIPS, ["Bip001_Pelvis"]),
        ("rigify", Role.HIPS, ["DEF-spine"]),
        ("rigify", Role.SPINE, ["DEF-spine.001", "DEF-spine.002", "DEF-spine.003"]),
        ("rigify", Role.LEFT_UPPER_ARM, ["DEF-upper_arm.L", "DEF-upper_arm.L.001"]),
        ("rigify", Role.LEFT_CLAVICLE, ["DEF-shoulder.L"]),
        ("character creator", Role.NECK, ["CC_Base_NeckTwist01", "CC_Base_NeckTwist02"]),
        ("character creator", Role.LEFT_UPPER_ARM, ["CC_Base_L_Upperarm"]),
        ("unreal", Role.HIPS, ["pelvis"]),
        ("unreal", Role.LEFT_UPPER_ARM, ["upperarm_l"]),
        ("unreal", Role.LEFT_FOOT, ["foot_l"]),
        ("acclaim", Role.SPINE, ["lowerback", "upperback", "thorax"]),
        ("acclaim", Role.RIGHT_HAND, ["rwrist", "rhand"]),
        ("acclaim", Role.HIPS, ["root"]),
        ("acclaim", Role.LEFT_UPPER_LEG, ["lfemur"]),
        ("cmu bvh of cgspeed", Role.LEFT_FINGERS, ["LeftHandIndex1"]),
        ("cmu bvh of cgspeed", Role.LEFT_UPPER_LEG, ["LeftUpLeg"]),
        ("cmu bvh of bvh11", Role.LEFT_UPPER_LEG, ["LeftHip"]),
        ("cmu bvh of bvh11", Role.LEFT_UPPER_ARM, ["LeftShoulder"]),
        ("makehuman", Role.HIPS, ["root"]),
        ("makehuman", Role.LEFT_CLAVICLE, ["clavicle.L", "shoulder01.L"]),
        ("makehuman", Role.SPINE, ["spine05", "spine04", "spine03", "spine02", "spine01"]),
        ("kaykit", Role.LEFT_HAND, ["wrist.l", "hand.l"]),
        ("vrm humanoid", Role.LEFT_INDEX, []),
        ("vrm humanoid", Role.LEFT_FINGERS, ["leftIndexProximal", "leftIndexIntermediate", "leftIndexDistal"]),
    ],
)
def test_names_that_mean_different_things_on_different_rigs_are_read_in_their_rig(
    rig: str, role: Role, joints: list[str]
) -> None:
    assert named(skeleton_of(RIGS[rig]), role) == joints


def test_controls_beside_the_skeleton_play_no_role() -> None:
    skeleton = skeleton_of(RIGS["unreal"])
    roles = roles_in(skeleton)
    playing = {skeleton.names[joint] for role in roles for joint in roles.of(role)}
    assert not any("ik" in name or "twist" in name for name in playing)


def test_names_without_meaning_give_nothing() -> None:
    assert read_names(("j0", "Bone.001", "Cube", "weird_thing", "")) == {}
