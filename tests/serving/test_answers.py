"""What the server answers: the same as the command line, whatever the form of the request."""

import io
import json
import re

import pytest
from PIL import Image

import nnlab
from nnlab import experiments
from tests.serving.client import EXAMPLES, SEVEN, Server

TEXTS = {
    "add": ["123+456", "99 + 1"],
    "translate": ["I see the dog.", "Where is the house?"],
    "recommend": ["soda, frankfurter"],
}
PICTURES = {"classify": "7.png", "embed": "letter.png"}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_answered_as_on_the_command_line(server: Server, name: str) -> None:
    assert server.answers(name, *TEXTS[name]) == nnlab.load(name).answer(TEXTS[name])


@pytest.mark.parametrize("name", PICTURES)
def test_uploaded_pictures_are_answered_under_the_names_that_clients_gave(
    server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES)
    picture = PICTURES[name]
    found = server.upload(f"/api/{name}", {picture: (EXAMPLES / picture).read_bytes()})
    assert found.json()["answers"] == nnlab.load(name).answer([picture])


def test_a_picture_can_be_the_whole_body(server: Server) -> None:
    found = server.ask("POST", "/api/classify?top=1", SEVEN, content_type="image/png").json()
    (answer,) = found["answers"]
    assert (answer["label"], len(answer["top"])) == ("7", 1)
    assert found["network"] == "classify.modern"


def test_options_come_in_json_forms_and_queries(server: Server) -> None:
    for found in (
        server.post("/api/add", {"inputs": ["1+1"], "check": True}),
        server.post("/api/add?check=true", {"inputs": ["1+1"]}),
        server.upload("/api/add", {}, inputs="1+1", check="yes"),
    ):
        assert found.json()["answers"][0]["verdict"] == "right", found.body


def test_an_input_without_an_answer_has_an_error_in_its_place(server: Server) -> None:
    right, wrong = server.answers("add", "1+1", "x")
    assert right["answer"] == "2"
    assert wrong["input"] == "x"
    assert "expected a sum" in wrong["error"]
    found = server.upload("/api/classify", {"a.png": b"no picture", "b.png": SEVEN}).json()
    assert [one["input"] for one in found["answers"]] == ["a.png", "b.png"]
    assert "not an image" in found["answers"][0]["error"]
    assert found["answers"][1]["digit"] == 7


def test_if_nothing_can_be_answered_the_status_says_so(server: Server) -> None:
    found = server.post("/api/add", {"inputs": ["x", "y"]})
    assert found.status == 422
    assert "'x'" in found.json()["error"]
    assert len(found.json()["answers"]) == 2


def test_options_choose_among_the_networks(server: Server) -> None:
    def network(**options: object) -> object:
        found = server.post("/api/add", {"inputs": ["1+1"], **options})
        return found.json().get("network") or (found.status, found.json()["error"])

    assert network() == "add.modern"
    assert network(preset="report") == "add.report"
    assert network(base=16) == "add.modern.base-16"
    assert network(network="add.report.base-16") == "add.report.base-16"
    for options, status in (
        ({"base": 7}, 422),
        ({"network": "add.report", "base": 16}, 422),
        ({"network": "nothing"}, 404),
        ({"network": "classify.modern"}, 404),
    ):
        answer = network(**options)
        assert isinstance(answer, tuple), answer
        assert answer[0] == status, answer


def test_a_cleaned_page_comes_back_as_a_file(server: Server) -> None:
    noisy = (EXAMPLES / "noisy.png").read_bytes()
    found = server.upload("/api/denoise", {"page 1.png": noisy}, strength=0.9)
    assert (found.status, found.headers["content-type"]) == (200, "image/png")
    assert found.headers["content-disposition"].endswith("page%201.clean.png")
    assert found.headers["nnlab-network"] == "denoise.modern"
    assert found.body.startswith(b"\x89PNG")


def test_several_pages_in_one_request_are_refused(server: Server) -> None:
    noisy = (EXAMPLES / "noisy.png").read_bytes()
    found = server.upload("/api/denoise", {"1.png": noisy, "2.png": noisy})
    assert found.status == 400
    assert "expected one file, got 2" in found.json()["error"]


def test_text_streams_and_ends_with_the_network(server: Server) -> None:
    asked = {"inputs": ["There was"], "length": 20, "temperature": 0}
    found = server.post("/api/textgen", asked, accept="text/event-stream")
    assert found.headers["content-type"].startswith("text/event-stream")
    events = [one.split("\n") for one in found.body.decode().strip().split("\n\n")]
    pieces = [json.loads(data[6:]) for name, data in events if name == "event: piece"]
    text = "".join(piece["text"] for piece in pieces)
    assert text == server.answers("textgen", "There was", length=20, temperature=0)[0]["text"]
    assert events[-1] == ["event: done", 'data: {"network":"textgen.modern"}']


def test_an_option_may_replace_the_input(server: Server) -> None:
    found = server.post("/api/textgen", {"sample": True, "length": 5})
    assert len(found.json()["answers"][0]["text"]) == 5
    assert server.post("/api/textgen", {"sample": True, "inputs": ["a"]}).status == 400
    assert server.post("/api/textgen", {}).status == 400


def test_the_inside_shows_what_led_to_an_answer(server: Server) -> None:
    found = server.upload("/api/classify/inside", {"7.png": SEVEN}).json()
    assert (found["network"], found["inside"]["label"]) == ("classify.modern", "7")
    assert found["inside"]["input"] == "7.png"
    placed = server.post("/api/embed/inside", {"x": 0.5, "y": 1})
    assert placed.json()["inside"]["drawn"]["width"] == 28
    assert server.post("/api/add/inside", {"inputs": ["1+1", "2+2"]}).status == 400
    assert server.upload("/api/denoise/inside", {"a.png": SEVEN}).status == 404


def test_the_inside_has_the_remarks_of_an_answer(server: Server) -> None:
    asked = {"inputs": ["I see 日本"]}
    said = server.post("/api/translate", asked).json()["notes"]
    assert "日" in said[0]
    assert server.post("/api/translate/inside", asked).json()["notes"] == said
    letter = {"letter.png": (EXAMPLES / "letter.png").read_bytes()}
    for name in ("classify", "embed"):
        shown = server.upload(f"/api/{name}/inside", letter).json()
        assert "remarks" not in shown["inside"]
        assert bool(shown["notes"]) == (name == "classify")


@pytest.mark.parametrize("name", ["classify", "embed"])
def test_several_characters_in_a_picture_are_remarked_on(server: Server, name: str) -> None:
    both = Image.new("L", (120, 60), 255)
    for number, digit in enumerate(("3", "7")):
        both.paste(
            Image.open(EXAMPLES / f"{digit}.png").convert("L").resize((50, 50)),
            (5 + 60 * number, 5),
        )
    picture = io.BytesIO()
    both.save(picture, "PNG")
    shown = server.upload(f"/api/{name}/inside", {"both.png": picture.getvalue()}).json()
    assert "both.png: 2 characters found side by side" in " ".join(shown["notes"])


@pytest.mark.parametrize("options", [{}, {"permuted": True}, {"x": None}])
def test_options_that_replace_no_picture_need_one(
    server: Server, options: dict[str, object]
) -> None:
    name = "embed" if "x" in options else "classify"
    found = server.post(f"/api/{name}/inside", options)
    assert (found.status, found.json()["error"][:17]) == (400, "there is no input")


@pytest.mark.parametrize("way", ["", "/inside"])
@pytest.mark.parametrize("name", ["classify", "embed"])
def test_a_file_that_is_missing_is_asked_for(server: Server, name: str, way: str) -> None:
    found = server.upload(f"/api/{name}{way}", {})
    assert (found.status, found.json()["error"]) == (
        400,
        "there is no input; expected a file in the request",
    )


def test_an_exhibit_is_what_a_page_shows_before_anyone_asks(server: Server) -> None:
    found = server.get("/api/classify/exhibit").json()
    assert found["exhibit"]["class_names"] == list("0123456789")
    found = server.get("/api/add/exhibit?network=add.modern.base-16").json()
    assert found == {"network": "add.modern.base-16", "exhibit": {"base": 16, "most_digits": None}}
    assert server.get("/api/add/exhibit?network=x").status == 404


def test_the_overview_has_all_that_a_client_needs(server: Server) -> None:
    found = server.get("/api").json()
    served = {one["name"]: one for one in found["experiments"]}
    assert set(served) | {"perm-test"} == set(experiments.names())  # of which none ships
    assert served["denoise"]["takes"] == "page"
    names = {one["name"] for one in served["denoise"]["options"]}
    assert names == {"strength", "binarize"}
    assert [one["id"] for one in served["add"]["networks"]] == [
        *("add.modern", "add.report", "add.modern.base-16", "add.report.base-16"),
    ]
    flags = [one["flags"] for one in served["add"]["networks"]]
    assert flags == ["", "--preset report", "--base 16", "--preset report --base 16"]
    assert "/" not in json.dumps(served["add"]["networks"])  # no place on this disk
    assert served["textgen"]["streams"]
    assert found["allow_training"] is False


def test_a_model_card_is_that_of_the_command_line(server: Server) -> None:
    found = server.get("/api/networks/add.report").json()
    assert found["checkpoint"] == "add.report"
    assert found["experiment"] == "add"
    assert found["limits"]
    assert server.get("/api/networks/../../etc/passwd").status == 404


def test_the_description_covers_every_route_and_its_references_lead_somewhere(
    server: Server,
) -> None:
    found = server.get("/api/openapi.json").json()
    verbs = ("get", "post")
    operations = [one[verb] for one in found["paths"].values() for verb in verbs if verb in one]
    assert found["openapi"].startswith("3.1")
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    for served in server.get("/api").json()["experiments"]:
        post = found["paths"][f"/api/{served['name']}"]["post"]
        for content in post["requestBody"]["content"].values():
            described = set(content["schema"].get("properties", ()))
            wanted = {one["name"] for one in served["options"]}
            assert content["schema"].get("format") == "binary" or wanted <= described
        assert (f"/api/{served['name']}/inside" in found["paths"]) == served["inside"]
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(found)):
        place = found
        for step in reference.split("/"):
            place = place[step]
    assert "post" not in found["paths"]["/api/runs"]  # trainings are off


def test_counts_are_kept_for_prometheus(server: Server) -> None:
    server.answers("add", "1+1")
    found = server.get("/metrics")
    assert found.headers["content-type"].startswith("text/plain")
    text = found.body.decode()
    assert 'nnlab_requests_total{experiment="add",route="answer",status="200"}' in text
    assert 'nnlab_request_seconds_bucket{experiment="add",le="0.05",route="answer"}' in text
    for name in (
        'nnlab_requests_waiting{lane="short"}',
        'nnlab_workers{lane="long"}',
        "process_resident_memory_bytes",
    ):
        assert f"\n{name} " in text
    assert server.get("/healthz").json() == {"status": "ok"}


def test_the_server_imports_no_numpy_and_a_worker_no_tensorflow(server: Server) -> None:
    server.answers("add", "1+1")
    assert not mapped(server.process, "numpy")
    assert not mapped(server.process, "h5py")
    for worker in server.workers():
        assert mapped(worker, "numpy")
        assert not mapped(worker, "tensorflow")


def mapped(process: object, package: str) -> bool:
    """Tell whether a process has loaded a library of a package."""
    maps = process.memory_maps()  # type: ignore[attr-defined]
    return any(f"/{package}/" in one.path for one in maps)
