"""The bundle of the pages' code: what the build promises of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess

import pytest

from allocator.errors import InputError
from api.protocol.sealing import open_sealed
from api.web.build_hook import BundleError, build_bundle
from api.web.bundle import DIST, read_bundle
from tests.conftest import CHECKOUT, refuse_or_skip
from tests.property.protocol.twin import WEB, node
from tests.sealed import BOOKING, CAMPAIGN, CENTRE, TAG, binding, pair

CITIZEN, STAFF = "protocol/citizen.ts", "protocol/staff.ts"


@pytest.fixture(scope="module")
def bundle():
    """Give the bundle that the installation made."""
    if not DIST.is_dir():
        refuse_or_skip("needs the bundle (uv sync --reinstall-package creneau)")
    return read_bundle()


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the sources elsewhere, with the packages that the lock names."""
    node()
    checkout = tmp_path_factory.mktemp("elsewhere")
    web = checkout / "api" / "web"
    (checkout / "scenarios").symlink_to(CHECKOUT / "scenarios")
    shutil.copytree(WEB, web, ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__"))
    (web / "node_modules").symlink_to(WEB / "node_modules")
    return web


def content(bundled):
    return (DIST / bundled.file).read_bytes()


def test_the_manifest_tells_the_truth(bundle):
    """Hashes, sizes and integrity of every file are those of the file."""
    assert set(bundle) >= {CITIZEN, STAFF}
    for bundled in bundle.values():
        data = content(bundled)
        sha384 = base64.b64encode(hashlib.sha384(data).digest()).decode()
        assert bundled.bytes == len(data)
        assert bundled.sha256 == hashlib.sha256(data).hexdigest()
        assert bundled.integrity == f"sha384-{sha384}"


def test_the_same_sources_give_the_same_bytes_elsewhere(bundle, copy):
    """Built anew in another folder, the bundle has the hashes of the manifest."""
    build_bundle(copy)
    assert dict(read_bundle(copy / "dist")) == dict(bundle)
    assert sorted(p.name for p in (copy / "dist").iterdir()) == sorted(
        p.name for p in DIST.iterdir()
    )


def test_no_page_needs_eval_and_the_citizen_s_no_web_assembly(bundle):
    """A strict Content-Security-Policy holds; WebAssembly is the staff's alone."""
    evil = re.compile(rb"\beval\(|new Function\(|document\.write")
    assert evil.search(b"x=eval(y)")
    for bundled in bundle.values():
        assert not evil.search(content(bundled))
    assert b"WebAssembly" in content(bundle[STAFF])
    assert b"WebAssembly" not in content(bundle[CITIZEN])


def test_the_bundle_calls_nobody_of_its_own_accord(bundle):
    """No address is written in the code: where to ask comes from the signed campaign.

    What begins with www.w3.org is the name of a format, in pictures.
    """
    for bundled in bundle.values():
        hosts = set(re.findall(rb"https?://[\w.]+", content(bundled)))
        assert hosts <= {b"http://127.0.0.1", b"http://localhost", b"http://www.w3.org"}


def test_the_licences_of_what_is_bundled_are_with_it(bundle):
    """Every package in the bundle is named with its licence."""
    text = (DIST / "licences.txt").read_text(encoding="utf-8")
    assert bundle
    for package in ("@hpke/core", "@noble/curves", "@noble/hashes", "hash-wasm"):
        assert re.search(rf"^{package} \S+ \(MIT\)$", text, re.MULTILINE)


def test_what_the_bundle_seals_the_centre_opens(bundle):
    """The very bytes that pages load work, not only their sources."""
    centre = pair()
    script = f"""
      const {{ identity, seal }} = await import({json.dumps(str(DIST / bundle[CITIZEN].file))});
      const hex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
      const who = identity({{ family_name: "Roux", given_name: "Nel", birth_date: "1990-01-02",
                              kind: "person", birth_place: "Brest" }});
      const sealed = await seal(who, hex("{centre.public.hex()}"), {{
        campaign: "{CAMPAIGN}", centre: "{CENTRE}", keyId: hex("{centre.owner.key_id.hex()}"),
        booking: "{BOOKING}", tag: hex("{TAG.hex()}") }});
      console.log(Buffer.from(sealed).toString("hex"));
    """
    done = subprocess.run([node(), "--input-type=module", "-e", script], capture_output=True,
                          text=True, check=True)  # fmt: skip
    sealed = bytes.fromhex(done.stdout.strip())
    assert open_sealed(sealed, centre.secret, binding(centre)).family_name == "Roux"


def test_a_mistake_in_the_sources_stops_the_build_and_leaves_the_old_bundle(copy):
    """One message that names the step; what was built before stays as it was."""
    build_bundle(copy)
    before = {path.name: path.read_bytes() for path in (copy / "dist").iterdir()}
    source = copy / CITIZEN
    good = source.read_text(encoding="utf-8")
    source.write_text(good + "\nexport const x: = 1;\n", encoding="utf-8")
    try:
        with pytest.raises(BundleError, match=r"the bundler failed: .*citizen\.ts"):
            build_bundle(copy)
    finally:
        source.write_text(good, encoding="utf-8")
    assert {path.name: path.read_bytes() for path in (copy / "dist").iterdir()} == before
    assert [path.name for path in copy.iterdir() if path.name.startswith("dist.")] == []


def test_a_bundle_that_is_missing_or_altered_is_refused(copy):
    """Nothing is served that the manifest does not name."""
    build_bundle(copy)
    dist = copy / "dist"
    file = dist / read_bundle(dist)[CITIZEN].file
    file.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(InputError, match="not the file the manifest names"):
        read_bundle(dist)
    with pytest.raises(InputError, match="uv sync"):
        read_bundle(copy / "nowhere")


def test_the_lock_names_checksums_and_no_addresses():
    """Every package is pinned by its checksum, whatever registry it comes from."""
    lock = json.loads((CHECKOUT / "api" / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 10
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_the_types_hold():
    """The strict compiler has nothing to say."""
    compiler = [node(), "node_modules/typescript/bin/tsc", "--noEmit", "-p"]
    done = subprocess.run([*compiler, "."], cwd=WEB, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_compiler_is_strict(copy):
    """Control: a number where a text belongs is an error."""
    mistake = copy / "protocol" / "mistake.ts"
    mistake.write_text("export const text: string = 1;\n", encoding="utf-8")
    compiler = [node(), str(WEB / "node_modules/typescript/bin/tsc"), "--noEmit", "-p", "."]
    done = subprocess.run(compiler, cwd=copy, capture_output=True, text=True, check=False)
    mistake.unlink()
    assert done.returncode != 0
    assert "mistake.ts" in done.stdout
