# make demo   a walking, skinned human with a face rig: out/demo/walk.glb
# make test   everything that CI checks
# make conformance   what is written, read by three.js, Autodesk's SDK, Blender and others
# Both do all the set-up on a machine with Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# mypy wants a folder called motionloom, which is what the repository's root stands for.
TYPES := build/types
BLENDER := build/blender/bin/python
PACKAGES := -p motionloom.core -p motionloom.plugins -p motionloom.exporters -p motionloom.pipelines

.PHONY: demo test lint types layers conformance-tools conformance pytest bench pictures docs clean

demo: $(INSTALLED)
	$(BIN)/motionloom run bvh_to_glb --out out/demo
	@echo "wrote out/demo/walk.glb: drop it on any glTF viewer, Blender or an engine"
	@echo "to go on: source $(VENV)/bin/activate && motionloom pipelines"

test: lint types layers pytest

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	mkdir -p $(TYPES)
	ln -sfn ../.. $(TYPES)/motionloom
	MYPYPATH=$(TYPES) $(BIN)/mypy $(PACKAGES)

layers: $(INSTALLED)
	$(BIN)/lint-imports --no-cache

# The outside readers of tests/conformance; without npm their tests are skipped and say so.
conformance-tools:
	@if command -v npm >/dev/null; then npm ci --prefix tests/conformance --no-audit --no-fund --loglevel error; \
	else echo "npm is not installed: the tests with outside readers will be skipped"; fi

pytest: $(INSTALLED) conformance-tools
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Every format judged by all the outside readers, Blender among them, which CI has no time for.
conformance: $(INSTALLED) conformance-tools $(BLENDER)
	MOTIONLOOM_BPY_PYTHON=$(BLENDER) $(BIN)/python -m pytest tests/conformance

# Side by side with what a user would pick instead; Blender wants an environment of its own.
bench: $(INSTALLED) $(BLENDER)
	$(BIN)/python -m pip install --quiet -r benchmarks/requirements.txt
	MOTIONLOOM_BPY_PYTHON=$(BLENDER) $(BIN)/python benchmarks/run_all.py

$(BLENDER):
	$(PYTHON) -m venv build/blender
	$@ -m pip install --quiet 'bpy==4.5.*' pillow

# The pictures of the documentation; the viewer's needs Chromium.
pictures: $(INSTALLED) conformance-tools
	$(BIN)/motionloom run docs/images/pictures.yaml --out out/pictures
	cp out/pictures/walk.png docs/images/walk.png
	$(BIN)/motionloom run docs/images/faces.yaml --out out/pictures
	cp out/pictures/face_*.png docs/images/
	$(BIN)/python docs/images/viewer.py docs/images/viewer.png out/pictures/walk.fbx out/pictures/walk.glb

docs: $(INSTALLED)
	$(BIN)/motionloom nodes --markdown > docs/nodes.md

$(INSTALLED): pyproject.toml constraints.txt
	@echo "installing into $(VENV), this takes a few minutes"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -r constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

clean:
	rm -rf build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis
