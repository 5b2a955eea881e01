"""Words and domains that say little: legal forms, mail providers, mailboxes that many share, short first names."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FREE_DOMAINS", "LEGAL_WORDS", "SHARED_MAILBOXES", "SHORT_NAMES"]

_LEGAL_WORDS = """
    ltd limited llc llp lp plc inc incorporated corp corporation co company gmbh mbh ag kg kgaa ohg ug ev eg
    gbr ek sarl sas sasu sa sl slu srl spa snc sca bv nv cv vof ab aktiebolag oy oyj as asa aps ivs sp zoo z o
    kft zrt nyrt doo dd ad ood eood sro pty pte bhd sdn kk gk ulc lda ltda eirl spzoo und and et y e the of de
    der die das fur
    """
_FREE_DOMAINS = """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com live.co.uk
    msn.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.ca yahoo.com.au ymail.com rocketmail.com aol.com
    icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de
    mail.com mail.ru yandex.ru yandex.com proton.me protonmail.com pm.me zoho.com fastmail.com hey.com
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tin.it alice.it comcast.net
    verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net shaw.ca rogers.com sympatico.ca
    bell.net btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net telstra.com bigpond.com
    optusnet.com.au xtra.co.nz qq.com 163.com 126.com naver.com seznam.cz wp.pl o2.pl onet.pl interia.pl
    telenet.be skynet.be ziggo.nl kpnmail.nl planet.nl home.nl bluewin.ch example.com example.org example.net
    example.edu
    """
_SHARED_MAILBOXES = """
    info sales office contact hello admin mail orders order purchasing accounts accounting billing invoice
    invoices support service payables ap buero kontakt einkauf bestellung buchhaltung rechnung team shop store
    contacto compras ventas commercial comptabilite achats reception enquiries finance marketing webmaster
    postmaster
    """
LEGAL_WORDS: frozenset[str] = frozenset(_LEGAL_WORDS.split())
"""Words of a company's name that change with who writes it, in their plain form."""
FREE_DOMAINS: frozenset[str] = frozenset(_FREE_DOMAINS.split())
"""Domains at which anybody can have a mailbox: sharing one says nothing."""
SHARED_MAILBOXES: frozenset[str] = frozenset(_SHARED_MAILBOXES.split())
"""Mailboxes that every other company has."""
_GROUPS = """
    robert rob bob bobby bert|william will bill billy liam|richard rick dick rich|james jim jimmy jamie
    john jack johnny jon
    joseph joe joey|thomas tom tommy|michael mike mick mikey|christopher chris kit|daniel dan danny|matthew matt
    anthony tony|andrew andy drew|david dave|edward ed eddie ted ned|charles charlie chuck|henry harry hank
    stephen steven steve|samuel sam|samantha sam|benjamin ben|alexander alex sandy|alexandra alex sandra
    nicholas nick|gregory greg|jeffrey jeff|geoffrey geoff|kenneth ken|ronald ron|donald don|lawrence larry
    patrick pat|patricia pat patty trish|timothy tim|theodore theo ted|frederick fred freddie|philip phil|peter pete
    elizabeth liz beth lizzie eliza betty|margaret maggie meg peggy|katherine kate kathy katie|catherine cathy kate
    jennifer jen jenny|rebecca becky|deborah debbie deb|susan sue susie|victoria vicky tori|jessica jess|amanda mandy
    christina tina chris|isabella bella izzy|olivia liv|abigail abby|emily em|rachel rach|johannes hannes hans
    maximilian max|friedrich fritz|heinrich heinz|josef sepp|guillermo memo|francisco paco|jose pepe|ignacio nacho
    """


def _short_names() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _GROUPS.replace("\n", "|").split("|"):
        names = group.replace("ph", "f").split()
        for name in names:
            found.setdefault(name, set()).update(names)
    return {name: frozenset(others) for name, others in found.items()}


SHORT_NAMES: Mapping[str, frozenset[str]] = _short_names()
"""First names and the short forms that stand for them, in their plain form."""
