"""One transaction per request, with limits on waiting; a failed request leaves nothing behind."""

from collections.abc import Callable
from functools import partial

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse

from crm.platform.database.read_routing import get_read_ways
from crm.platform.files.store_unavailable import StoreAway
from crm.platform.web.middleware.repeated_forms import save_form_once
from crm.platform.web.request_cache import cache_reads, cache_reads_once
from crm.platform.web.transactions import (
    FIELDS,
    QUERY_CANCELED,
    SAFE_METHODS,
    Busy,
    CountedLater,
    get_sqlstate,
    get_values_read_with_user,
    is_disk_full,
    is_locked,
    set_transaction_limits,
)
from crm.platform.web.unique_violations import ValueTaken, retry_after_unique_violation
from crm.platform.web.views import errors


class TransactionMiddleware:
    """Runs the view in one transaction, read-only for GET, rolled back when the response is an error.

    A view marked `transaction.non_atomic_requests` (sign-in, downloads) opens its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, arguments, keywords):
        if "default" in getattr(view, "_non_atomic_requests", ()):
            # Some of these views write for a GET too, such as the way back from a provider.
            request.may_write = getattr(view, "login_required", True)
            return None
        work = partial(
            retry_after_unique_violation,
            partial(self._run_in_transaction, request, view, arguments, keywords),
        )
        try:
            return get_read_ways().read(request, get_read_ways().choose_for_page(request, view), work)
        except ValueTaken as error:
            return errors.render_value_taken(request, error.sentence)
        except Busy:
            return errors.render_busy(request)
        except CountedLater as later:
            later.defer()
            return errors.render_still_counting(request)
        except StoreAway:
            return errors.render_store_away(request)
        except OperationalError as error:
            if is_locked(error):
                return errors.render_busy(request)
            if get_sqlstate(error) == QUERY_CANCELED:
                return errors.render_too_slow(request)
            if is_disk_full(error):
                return errors.render_no_disk_space(request)
            raise

    @staticmethod
    def _run_in_transaction(request, view, arguments, keywords) -> HttpResponse:
        safe, known = request.method in SAFE_METHODS, get_values_read_with_user(request.user)
        with transaction.atomic():
            set_transaction_limits(read_only=safe, fields=known.get(FIELDS))
            with (cache_reads if safe else cache_reads_once)(**known):
                response = save_form_once(request, partial(view, request, *arguments, **keywords))
                if hasattr(response, "render") and callable(response.render):
                    response = response.render()
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response
