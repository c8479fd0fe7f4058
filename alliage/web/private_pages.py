"""What every private page of a diagnosis shares: its address, whom it is for, and headers that keep it private."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from alliage.catalogue.actions.invite_partner import NotAllowed
from alliage.catalogue.actions.keep_diagnosis import note_use
from alliage.catalogue.diagnoses import participant_of
from alliage.web.errors import show_error

View = Callable[..., HttpResponseBase]
READ, SENT, BOTH = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")


class KeyConverter:
    """The 32 signs of a key in an address."""

    regex = "[A-Za-z0-9_-]{32}"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


def sealed(response: HttpResponseBase, *, forms: bool = True) -> HttpResponseBase:
    """The response, found by no engine, kept by no cache, its address told to no other site.

    A page with forms tells its address to this very site: without that a browser sends them with an unknown origin,
    and the proof that they come from our pages fails.
    """
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin" if forms else "no-referrer"
    return response


def gone(request: HttpRequest) -> HttpResponseBase:
    """No diagnosis answers to this address."""
    return sealed(
        show_error(
            request,
            404,
            "Ce diagnostic n’existe pas, ou plus.",
            "L’adresse est peut-être incomplète, ou les réponses ont été effacées. Personne ne peut les retrouver.",
        )
    )


def spent(request: HttpRequest) -> HttpResponseBase:
    """No invitation answers to this address; whether it was used, withdrawn or never made is not told."""
    return sealed(
        show_error(
            request,
            404,
            "Cette invitation ne sert plus.",
            "Elle a déjà servi, ou elle a été retirée. Si vous aviez commencé, vos réponses sont à l’adresse que vous "
            "avez reçue alors\u00a0: cherchez-la dans vos favoris ou dans l’historique de votre navigateur. Sinon, "
            "demandez une autre invitation à qui vous a invité.",
        )
    )


def private(methods: tuple[str, ...], *, forms: bool = True) -> Callable[[View], View]:
    """A view of the holder of a key: called with request, participant, key and what else the address says."""

    def wrap(view: View) -> View:
        @require_http_methods(methods)
        @wraps(view)
        def answered(request: HttpRequest, key: str, **said: object) -> HttpResponseBase:
            participant = participant_of(key)
            if participant is None:
                return gone(request)
            note_use(participant=participant, today=timezone.localdate())
            try:
                return sealed(view(request, participant, key, **said), forms=forms)
            except (Http404, ObjectDoesNotExist):  # erased meanwhile, from another window
                return gone(request)
            except NotAllowed as refusal:
                return sealed(refused(request, refusal))

        return answered

    return wrap


def refused(request: HttpRequest, refusal: NotAllowed) -> HttpResponse:
    """Why that cannot be done."""
    return show_error(request, 409, "Cela n’est pas possible ici.", str(refusal))


def to(address: str) -> HttpResponseRedirect:
    """After something was sent: to a page that can be loaded again."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
