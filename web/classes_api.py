"""The REST API of classes: people, rosters, codes, links, arrangements and the trail, by session or a token of scope `teach`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Security

from exam import arrangements, classes, deleting, links, roster, trail
from exam.arrangements import Terms
from web import examples
from web.class_documents import (
    ActDocument,
    ArrangementDocument,
    ClassDocument,
    Code,
    Confirmed,
    Days,
    HandedDocument,
    Invitation,
    JoinedDocument,
    LinkDocument,
    MemberDocument,
    Membership,
    NewArrangement,
    NewClass,
    PlanDocument,
    RosterText,
    TakenDocument,
    Title,
    act_document,
    arrangement_document,
    class_document,
    handed_document,
    link_document,
    member_document,
    plan_document,
)
from web.errors import ErrorDocument
from web.examples import replied
from web.signin import Staff, Taker, bearer, session, staff, store_of, taker

STAFF = [Security(bearer, scopes=["teach"]), Depends(session), Depends(staff)]
TAKERS = [Security(bearer, scopes=["student"]), Depends(session), Depends(taker)]
PROBLEMS: dict[int | str, dict[str, Any]] = {code: {"model": ErrorDocument} for code in (400, 401, 403, 404, 409, 413, 422)}
router = APIRouter(
    prefix="/api/v1",
    tags=["classes"],
    dependencies=STAFF,
    responses=PROBLEMS,
)
entrance = APIRouter(
    prefix="/api/v1",
    tags=["classes"],
    dependencies=TAKERS,
    responses=PROBLEMS,
)

Most = Annotated[int, Query(ge=1, le=10_000, description="How many of the latest.", examples=[100])]
Before = Annotated[int | None, Query(ge=0, le=2**31 - 1, description="Only acts before the one of this number.", examples=[100_000])]
OfPaper = Annotated[str | None, Query(max_length=80, description="The id of a paper.", examples=["aio2024"])]
ClassId = Annotated[str, Path(description="The id of a class.", examples=["hoc-sau-k67"])]
Number = Annotated[int, Path(description="A member's number, as the members list it.", examples=[2])]
LinkId = Annotated[str, Path(description="The first letters of a link's hash, as the links list it.", examples=["5f0c2a9d41e7"])]
ArrangementId = Annotated[int, Path(description="An arrangement's number, as the arrangements list it.", examples=[1])]


@router.get("/classes", summary="List one's classes", responses=replied([examples.CLASS]))
def list_classes(request: Request, person: Staff) -> list[ClassDocument]:
    """The classes that one teaches or assists, the latest first; an administrator's are all."""
    return [class_document(one) for one in classes.overviews(store_of(request), person)]


@router.post("/classes", summary="Make a class", status_code=201, responses=replied(examples.CLASS, 201))
def make_class(request: Request, body: NewClass, person: Staff) -> ClassDocument:
    """Makes a class, with the asker as its teacher; for teachers and administrators."""
    made = classes.make(store_of(request), person, body.title, body.id)
    return class_document(classes.overview(store_of(request), person, made.id))


@router.get("/classes/{id}", summary="Read a class", responses=replied(examples.CLASS))
def get_class(request: Request, id: ClassId, person: Staff) -> ClassDocument:
    """A class of one's own."""
    return class_document(classes.overview(store_of(request), person, id))


@router.patch("/classes/{id}", summary="Rename a class", responses=replied(examples.RENAMED))
def rename_class(request: Request, id: ClassId, body: Title, person: Staff) -> ClassDocument:
    """Gives a class another title; its id stays."""
    classes.rename(store_of(request), person, id, body.title)
    return class_document(classes.overview(store_of(request), person, id))


@router.delete("/classes/{id}", summary="Delete a class", status_code=204)
def delete_class(request: Request, id: ClassId, person: Staff) -> None:
    """Deletes a class with its members, code, links and arrangements; accounts and attempts stay.

    A paper that was opened to it alone is for nobody until an administrator opens it anew.  409 `exam_running` while one is taken.
    """
    deleting.delete(store_of(request), person, id)


@router.get("/classes/{id}/members", summary="List the members", responses=replied([examples.MEMBER]))
def list_members(request: Request, id: ClassId, person: Staff) -> list[MemberDocument]:
    """Who is in a class: teachers, assistants, students."""
    return [member_document(one) for one in classes.members(store_of(request), person, id)]


@router.patch("/classes/{id}/members/{member}", summary="Change a member", responses=replied(examples.CHANGED_MEMBER))
def change_member(request: Request, id: ClassId, member: Number, body: Membership, person: Staff) -> MemberDocument:
    """Changes a member's role or team; a class keeps at least one teacher (409 `last_teacher`)."""
    store = store_of(request)
    now = classes.member(store, person, id, member)
    role, team = body.role if body.role is not None else now.role, body.team if body.team is not None else now.team
    return member_document(classes.set_member(store, person, id, member, role, team))


@router.delete("/classes/{id}/members/{member}", summary="Take a member out", status_code=204)
def remove_member(request: Request, id: ClassId, member: Number, person: Staff) -> None:
    """Takes somebody out of a class; their account and attempts stay."""
    classes.remove_member(store_of(request), person, id, member)


@router.post(
    "/classes/{id}/members/{member}/password-link",
    summary="Hand out a password link",
    status_code=201,
    responses=replied(examples.PASSWORD_LINK, 201),
)
def hand_out_password(request: Request, id: ClassId, member: Number, body: Days, person: Staff) -> HandedDocument:
    """A link by which a student chooses a new password, once; an earlier one ends."""
    return handed_document(links.hand_out(store_of(request), person, id, member, body.days))


@router.post("/classes/{id}/roster/preview", summary="Preview a roster", responses=replied(examples.PLAN))
def preview_roster(request: Request, id: ClassId, body: RosterText, person: Staff) -> PlanDocument:
    """Reads a roster and says line by line what it would do; nothing is done."""
    return plan_document(roster.preview(store_of(request), person, id, body.text))


@router.post("/classes/{id}/roster", summary="Take a roster", responses=replied(examples.TAKEN))
def take_roster(request: Request, id: ClassId, body: Confirmed, person: Staff) -> TakenDocument:
    """Does what the preview of that digest said, all of it or nothing; 409 `roster_changed` where it would now do something else."""
    plan, made = roster.take(store_of(request), person, id, body.text, body.digest, body.days)
    return TakenDocument(plan_document(plan), [handed_document(one) for one in made])


@router.post("/classes/{id}/code", summary="Renew the class code", responses=replied(examples.CLASS))
def renew_code(request: Request, id: ClassId, person: Staff) -> ClassDocument:
    """Gives a class a new code; the old one ends."""
    links.new_code(store_of(request), person, id)
    return class_document(classes.overview(store_of(request), person, id))


@router.delete("/classes/{id}/code", summary="Switch the class code off", status_code=204)
def close_code(request: Request, id: ClassId, person: Staff) -> None:
    """Switches the code of a class off."""
    links.close_code(store_of(request), person, id)


@router.get("/classes/{id}/links", summary="List the invitation links", responses=replied([examples.LINK]))
def list_links(request: Request, id: ClassId, person: Staff) -> list[LinkDocument]:
    """The links into a class that can still be used, without their secrets."""
    return [link_document(one) for one in links.invitations(store_of(request), person, id)]


@router.post("/classes/{id}/links", summary="Make an invitation link", status_code=201, responses=replied(examples.HANDED, 201))
def invite(request: Request, id: ClassId, body: Invitation, person: Staff) -> HandedDocument:
    """A link into a class, good for some days and uses; its secret is shown this once."""
    return handed_document(links.invite(store_of(request), person, id, body.role, body.days, body.uses))


@router.delete("/classes/{id}/links/{link}", summary="End an invitation link", status_code=204)
def withdraw_link(request: Request, id: ClassId, link: LinkId, person: Staff) -> None:
    """Ends a link into a class."""
    links.withdraw(store_of(request), person, id, link)


@router.get("/classes/{id}/arrangements", summary="List the arrangements", responses=replied([examples.ARRANGED]))
def list_arrangements(request: Request, id: ClassId, person: Staff) -> list[ArrangementDocument]:
    """What is different for whom, oldest first."""
    return [arrangement_document(one) for one in arrangements.listed(store_of(request), person, id)]


@router.post("/classes/{id}/arrangements", summary="Arrange something", status_code=201, responses=replied(examples.ARRANGED, 201))
def arrange(request: Request, id: ClassId, body: NewArrangement, person: Staff) -> ArrangementDocument:
    """Gives one member or one team extra time, other dates or more attempts."""
    times = {name: value.timestamp() if (value := getattr(body, name)) else None for name in ("opens", "closes")}
    terms = Terms(body.reason, body.paper, body.percent, body.minutes, attempts=body.attempts, **times)
    return arrangement_document(arrangements.arrange(store_of(request), person, id, terms, person=body.person, team=body.team))


@router.delete("/classes/{id}/arrangements/{arrangement}", summary="Take an arrangement back", status_code=204)
def withdraw_arrangement(request: Request, id: ClassId, arrangement: ArrangementId, person: Staff) -> None:
    """Takes an arrangement back."""
    arrangements.withdraw(store_of(request), person, id, arrangement)


@router.get("/classes/{id}/acts", summary="Read the trail of a class", responses=replied([examples.ACT]))
def class_acts(request: Request, id: ClassId, person: Staff, most: Most = 500, before: Before = None) -> list[ActDocument]:
    """The trail of a class, oldest first, for its teachers."""
    return [act_document(one) for one in trail.of_class(store_of(request), person, id, most, before)]


@router.get("/acts", summary="Read the whole trail", responses=replied([examples.ACT]))
def all_acts(
    request: Request,
    person: Staff,
    most: Most = 500,
    before: Before = None,
    paper: OfPaper = None,
) -> list[ActDocument]:
    """The trail of the installation, or of one paper, oldest first, for administrators."""
    return [act_document(one) for one in trail.everything(store_of(request), person, most, before, paper)]


@entrance.post("/join", summary="Join a class", responses=replied(examples.JOINED))
def join(request: Request, body: Code, person: Taker) -> JoinedDocument:
    """Joins a class by its code or a link: with a session or a token of scope `student`; ten wrong ones in five minutes, and one waits."""
    joined = links.join(store_of(request), person, body.code)
    return JoinedDocument(joined.id, joined.title)
