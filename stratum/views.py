from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from stratum import events, login, twofactor, ui
from stratum.forms import CodeForm, LogInForm, OwnPasswordForm
from stratum.models import User


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token: it is stale, or it was not ours."""
    message = "This form is out of date. Go back, reload the page and send it again; what you typed is still in it."
    if ui.wants_json(request):
        return ui.failure("FORBIDDEN", "The CSRF token is missing or out of date.", 403)
    return render(request, "403.html", {"exception": message}, status=403)


class LogIn(auth_views.LoginView):
    """The log-in page; django-axes answers instead after too many wrong passwords."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if isinstance(user, User) and twofactor.is_on(user):
            login.hold(self.request, user, to=self.get_success_url())
            return redirect("login_code")
        assert isinstance(user, User)
        login.let_in(self.request, user, shown="password")
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever gave the right password; the code logs them in."""
    waiting = login.held(request)
    if waiting is None:
        messages.info(request, "Log in again: the code was not entered in time.")
        return redirect("login")
    user, to = waiting
    form = CodeForm(request.POST or None, check=lambda code: twofactor.check(user, code))
    if not form.is_valid():
        return render(request, "registration/code.html", {"form": form}, status=422 if form.is_bound else 200)
    login.release(request)
    login.let_in(request, user, shown="password and code")
    request.session[twofactor.SESSION_FLAG] = True
    return redirect(to)


class PasswordChange(auth_views.PasswordChangeView):
    """The form by which a person changes their own password; other sessions of theirs end."""

    form_class = OwnPasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            events.record(form.user, login.PASSWORD_CHANGED, form.user)
        messages.success(self.request, "Your password is changed. You were logged out everywhere else.")
        return response

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
