"""A database session that knows for whom it works, for its whole life."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flask_sqlalchemy.session import Session

if TYPE_CHECKING:
    from app.access.scope import Scope


class ScopeAlreadySet(RuntimeError):
    """A session may serve one party only: rows loaded for another would stay in its identity map."""


class ScopedSession(Session):
    """Carries one scope. Without one, no scoped row exists for it (closed by default)."""

    _scope: Scope | None = None

    @property
    def scope(self) -> Scope | None:
        return self._scope

    def serve(self, scope: Scope) -> None:
        """Set for whom this session works. Raises ScopeAlreadySet when it already served another."""
        if self._scope is not None and self._scope != scope:
            raise ScopeAlreadySet
        self._scope = scope
