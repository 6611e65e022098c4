from __future__ import annotations

from typing import Any

from django import forms

from stratum import outbound
from stratum.kinds import Kind
from stratum.models import Webhook


class WebhookForm(forms.Form):
    """An address outside and what is posted there. For one that exists, its address may be left empty: it is kept."""

    name = forms.CharField(max_length=80, help_text="For example the name of the Slack channel.")
    format = forms.ChoiceField(
        choices=[
            (Webhook.Format.SLACK, "Slack: a message, as Slack's incoming webhooks and compatible services take it"),
            (Webhook.Format.SIGNED, "Signed JSON: the event as data, with a signature that the receiver can check"),
        ],
        widget=forms.RadioSelect,
    )
    url = forms.CharField(
        label="Address",
        max_length=2000,
        help_text="Begins with https://. Kept encrypted and shown to nobody again: who knows it may post there.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label="What is posted",
        choices=Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one. To post nothing, disable the webhook instead."},
    )

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        if webhook:
            kwargs["initial"] = {"name": webhook.name, "kinds": webhook.kinds}
        else:
            kwargs.setdefault("initial", {"format": Webhook.Format.SLACK, "kinds": Kind.values})
        super().__init__(*args, **kwargs)
        if webhook:
            del self.fields["format"]
            self.fields["url"].required = False
            self.fields["url"].help_text = f"Now at {webhook.host}. Leave it empty to keep it."

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if url:
            try:
                outbound.check(url)
            except outbound.NotAllowed as error:
                raise forms.ValidationError(str(error)) from error
        return url

    def clean_kinds(self) -> list[Kind]:
        return [Kind(kind) for kind in self.cleaned_data["kinds"]]
