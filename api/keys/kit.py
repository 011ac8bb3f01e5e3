"""The recovery kit as a page to print: in French, with its QR code, calling nobody."""

from __future__ import annotations

from html import escape

import segno

from api.protocol.keys import KeyOwner
from api.protocol.recovery import printed, qr_text

_PAGE = """<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="robots" content="noindex">
<title>Trousse de secours, {who}</title>
<style>
body {{ font: 12pt/1.5 sans-serif; max-width: 17cm; margin: 1.5cm auto; }}
ol.code {{ columns: 3; font: 14pt/2 monospace; padding-left: 2.5em; }}
dt {{ font-weight: bold; }} dd {{ margin: 0 0 .5em; }}
svg {{ width: 6cm; height: 6cm; }}
</style>
<h1>Trousse de secours de la clé</h1>
<p><strong>Qui tient cette feuille peut lire les rendez-vous du centre.</strong> Imprimez-la,
mettez-la au coffre, puis effacez le fichier. Elle sert une seule fois : quand plus personne ne
connaît sa phrase de passe.</p>
<dl>
<dt>{kind}</dt><dd>{who}</dd>
<dt>Campagne</dt><dd>{campaign}</dd>
<dt>Clé</dt><dd><code>{key_id}</code></dd>
<dt>Empreinte, à comparer au téléphone</dt><dd>{fingerprint}</dd>
</dl>
<h2>Code de secours</h2>
{qr}
<ol class="code">
{groups}
</ol>
<p>Treize groupes de cinq caractères. Le dernier de chaque groupe contrôle les quatre autres :
une faute de frappe est signalée avec le numéro du groupe. Il n’y a ni I, ni L, ni O, ni U.</p>
</html>
"""


def kit_page(owner: KeyOwner, code: bytes) -> bytes:
    """Page of a kit, as UTF-8."""
    qr = segno.make(qr_text(owner, code), error="m", micro=False)
    groups = "\n".join(f"<li>{group}</li>" for group in printed(code).split())
    page = _PAGE.format(
        kind="Centre" if owner.role == "centre" else "Autorité",
        who=escape(owner.centre or owner.campaign), campaign=escape(owner.campaign),
        key_id=owner.key_id.hex(), fingerprint=owner.fingerprint,
        qr=qr.svg_inline(border=2, omitsize=True), groups=groups,
    )  # fmt: skip
    return page.encode("utf-8")
