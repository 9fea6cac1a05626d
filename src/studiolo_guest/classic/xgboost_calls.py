"""Calls that xgboost 2.1 no longer has, with the meaning that they had before."""

from typing import Any

_MOVED = ("early_stopping_rounds", "eval_metric", "callbacks")


def adapt(xgboost: Any) -> None:
    """Let `fit` take what has moved to the model itself."""
    model = xgboost.XGBModel
    for kind in {model, xgboost.XGBClassifier, xgboost.XGBRegressor, xgboost.XGBRanker}:
        if "fit" in vars(kind):
            kind.fit = _with_old_arguments(kind.fit)


def _with_old_arguments(today: Any) -> Any:
    def fit(self: Any, *args: Any, **options: Any) -> Any:
        moved = {name: options.pop(name) for name in _MOVED if options.get(name) is not None}
        if not moved:
            return today(self, *args, **options)
        before = {name: getattr(self, name) for name in moved}
        try:
            return today(self.set_params(**moved), *args, **options)
        finally:
            self.set_params(**before)

    fit.__doc__ = today.__doc__
    return fit
