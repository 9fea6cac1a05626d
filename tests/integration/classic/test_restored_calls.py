"""Restored calls against values computed by hand or by the old libraries, all in one run."""

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest

from .old_values import OLD_VALUES

if TYPE_CHECKING:
    from .conftest import Run

FRAME = pa.table({"a": [1.5, 2.0, 3.0, 4.0], "b": [3, 2, 1, 0], "name": ["x1", "y2", "z3", "x1"]})

#: What a script of the time writes, and what it gave then.
VALUES = {
    # `.ix`: labels where the axis has integers, positions where it has not, and both mixed.
    "f.ix[0:2, 'a'].tolist()": [1.5, 2.0, 3.0],
    "f.ix[1, 'b']": 2,
    "f.ix[f.a > 1.8, 1].tolist()": [2, 1, 0],
    "f.ix[[0, 2], 0:2].values.tolist()": [[1.5, 3.0], [3.0, 1.0]],
    "f.ix[:, 0].tolist()": [1.5, 2.0, 3.0, 4.0],
    "f.ix[-1:].shape": (4, 3),
    "f.ix[3].tolist()": [4.0, 0, "x1"],
    "named.ix[0].tolist()": [1.5, 3.0],
    "named.ix['y2', 'b']": 2,
    "named.ix[0:2].shape": (2, 2),
    "named.ix['y2':'z3'].shape": (2, 2),
    "named.ix[-1, -1]": 0,
    "named.ix[['y2', 'z3'], [True, False]].values.tolist()": [[2.0], [3.0]],
    "named.ix['x1'].shape": (2, 2),
    "unique.ix[['y2', 'w']].isnull().values.tolist()": [[False, False], [True, True]],
    "odd.ix[5, 0]": 2.0,
    "odd.ix[3:7, 0].tolist()": [1.5, 2.0, 3.0],
    "times.ix['2020-01-02'].tolist()": [2.0],
    "times.ix[1].tolist()": [2.0],
    "times.ix['2020-01-02':'2020-01-03'].shape": (2, 1),
    "f.a.ix[2]": 3.0,
    "named.a.ix[1]": 2.0,
    "written(f, lambda g: g.ix.__setitem__((g.b > 1, 0), 9))": [9.0, 9.0, 3.0, 4.0],
    "written(f, lambda g: g.ix.__setitem__((1, 'a'), 7))": [1.5, 7.0, 3.0, 4.0],
    "written(f, lambda g: g.ix.__setitem__((g.b > 1, 'a'), g.b))": [3.0, 2.0, 3.0, 4.0],
    "written(f, lambda g: g.ix.__setitem__(9, [8.0, 1, 'n']))": [1.5, 2.0, 3.0, 4.0, 8.0],
    "added(f, lambda g: g.ix.__setitem__((slice(None), 'new'), 5))": ["a", "b", "name", "new"],
    # Frames and series.
    "f.as_matrix(['b', 'a']).tolist()": [[3.0, 1.5], [2.0, 2.0], [1.0, 3.0], [0.0, 4.0]],
    "f.a.as_matrix().tolist()": [1.5, 2.0, 3.0, 4.0],
    "f.sort('b').b.tolist()": [0, 1, 2, 3],
    "f.sort(['name', 'b'], ascending=[False, True]).b.tolist()": [1, 2, 0, 3],
    "f.sort('b').sort().b.tolist()": [3, 2, 1, 0],
    "f.sort_index(by='b').b.tolist()": [0, 1, 2, 3],
    "f.b.order().tolist()": [0, 1, 2, 3],
    "f.b.order(ascending=False).tolist()": [3, 2, 1, 0],
    "f.append(f.ix[0]).a.tolist()": [1.5, 2.0, 3.0, 4.0, 1.5],
    "f.irow(1).a": 2.0,
    "f.icol(1).tolist()": [3, 2, 1, 0],
    "f.iget_value(1, 0)": 2.0,
    "f.a.iget(2)": 3.0,
    "f.set_value(0, 'a', 9).a.tolist()": [9.0, 2.0, 3.0, 4.0],
    "f.get_value(1, 'b')": 2,
    "f.a.clip_upper(3).tolist()": [1.5, 2.0, 3.0, 3.0],
    "f.a.clip_lower(2).tolist()": [2.0, 2.0, 3.0, 4.0],
    "f.select(lambda label: label > 1).b.tolist()": [1, 0],
    "f.reindex_axis(['b'], axis=1).shape": (4, 1),
    "pd.DataFrame.from_items([('z', [1]), ('y', [2])]).columns.tolist()": ["z", "y"],
    "pd.DataFrame({'n': ['1', 'x', '3']}).convert_objects(convert_numeric=True).n.sum()": 4.0,
    "pd.DataFrame({'n': ['p', 'x']}).convert_objects(convert_numeric=True).n.tolist()": ["p", "x"],
    "pd.match(['y', 'q', 'x'], ['x', 'y']).tolist()": [1, -1, 0],
    # Time.
    "times.resample('2D', how='sum').a.tolist()": [3.5, 3.0],
    "times.resample('2D', 'mean').a.tolist()": [1.75, 3.0],
    "times.resample('12H', fill_method='ffill').a.tolist()": [1.5, 1.5, 2.0, 2.0, 3.0],
    "times.a.resample('2D', how=['min', 'max']).values.tolist()": [[1.5, 2.0], [3.0, 3.0]],
    "times.resample('M').sum().index[0].day": 31,
    "times.groupby(pd.TimeGrouper('2D')).sum().a.tolist()": [3.5, 3.0],
    "times.index.weekday_name.tolist()": ["Wednesday", "Thursday", "Friday"],
    "pd.Timestamp('2020-01-01').weekday_name": "Wednesday",
    "round((times.index[2] - times.index[0]) / np.timedelta64(1, 'Y') * 365.2425, 9)": 2.0,
    # Moving windows.
    "pd.rolling_mean(f.b, 2)[1:].tolist()": [2.5, 1.5, 0.5],
    "pd.rolling_sum(f.b.values, 2, min_periods=1).tolist()": [3.0, 5.0, 3.0, 1.0],
    "pd.rolling_apply(f.b, 2, lambda w: w[0] * 10 + w[1])[1:].tolist()": [32.0, 21.0, 10.0],
    "pd.rolling_quantile(f.a, 3, 0.5)[2:].tolist()": [2.0, 3.0],
    "pd.rolling_count(f.a, 2).tolist()": [1.0, 2.0, 2.0, 2.0],
    "pd.expanding_sum(f.b).tolist()": [3.0, 5.0, 6.0, 6.0],
    "pd.ewma(pd.Series([0.0, 3.0]), com=1).tolist()": [0.0, 2.0],
    # What changed without a word.
    "pd.get_dummies(f.name).x1.tolist()": [1, 0, 0, 1],
    "f.name.str.replace('[0-9]+', '').tolist()": ["x", "y", "z", "x"],
    "f.groupby('b').mean().columns.tolist()": ["a"],
    "named.iloc[0][1]": 3.0,
    "written(f, lambda g: g.a.fillna(0, inplace=True))": [1.5, 2.0, 3.0, 4.0],
    "written(gaps, lambda g: g.a.fillna(0, inplace=True))": [0.0, 1.0],
    "written(gaps, lambda g: g['a'].replace(1, 5, inplace=True))[1]": 5.0,
    "chained(f)": [0.0, 0.0, 3.0, 4.0],
    "f.name.dtype == 'object'": True,
    # scikit-learn.
    "[t.tolist() for _, t in cv.KFold(4, n_folds=2)]": [[0, 1], [2, 3]],
    "[t.tolist() for _, t in cv.KFold(5, 2)]": [[0, 1, 2], [3, 4]],
    "[t.tolist() for _, t in cv.StratifiedKFold([0, 0, 0, 0, 1, 1], 2)]": [[0, 1, 4], [2, 3, 5]],
    "[t.tolist() for _, t in cv.LeaveOneOut(2)]": [[0], [1]],
    "len(cv.cross_val_score(LinearRegression(), line, line[:, 0]))": 3,
    "cv.cross_val_score(Mean(), ys, ys, scoring='mean_squared_error', cv=2).tolist()": [-4.0, -4.0],
    "search().best_params_": {"shift": 0},
    "[round(s.mean_validation_score, 6) for s in search().grid_scores_]": [-4.0, -5.0],
    "RandomForestRegressor(3, criterion='mse').fit(line, line[:, 0]).criterion": "squared_error",
    "joblib.dump is not None": True,
    "Imputer().fit_transform([[1.0], [np.nan], [3.0]]).tolist()": [[1.0], [2.0], [3.0]],
    "Imputer(axis=1).fit_transform([[1.0, np.nan, 3.0]]).tolist()": [[1.0, 2.0, 3.0]],
    "Imputer(missing_values=0).fit_transform([[1], [0], [3]]).tolist()": [[1.0], [2.0], [3.0]],
    "CountVectorizer().fit(['bb aa']).get_feature_names()": ["aa", "bb"],
    "OneHotEncoder().fit(f[['name']]).get_feature_names()": ["x0_x1", "x0_y2", "x0_z3"],
    "Ridge(1.0, normalize=True).fit([[0.0], [2.0]], [0.0, 4.0]).coef_.tolist()": [1.0],
    "jaccard_similarity_score([1, 2, 3], [1, 2, 2])": 2 / 3,
    # Pictures, numbers, other libraries.
    "plt.hist([1, 1, 3], bins=2, normed=True)[0].tolist()": [2 / 3, 1 / 3],
    "plt.subplot(111, axisbg='red').get_facecolor()[:3]": (1.0, 0.0, 0.0),
    "plt.plot([1, 2], axes=plt.gca()) is not None": True,
    "len(plt.plot_date(times.index, times.a))": 1,
    "round(float(mlab.normpdf(0, 0, 1)), 6)": 0.398942,
    "int(scipy.array([1, 2]).sum()) + np.float(1)": 4.0,
    "XGBClassifier(n_estimators=3).fit(line, [0, 1] * 3, eval_set=[(line, [0, 1] * 3)], "
    "eval_metric='error', early_stopping_rounds=1, verbose=False).best_iteration >= 0": True,
    "sorted(collections.Mapping.__abstractmethods__)[0]": "__getitem__",
}
ALL = VALUES | OLD_VALUES
SCRIPT = """\
import collections
import numpy as np
import pandas as pd
import matplotlib
matplotlib.use('TkAgg')
import matplotlib.pyplot as plt
from matplotlib import mlab
import scipy, scipy.misc, scipy.stats
import sklearn.cross_validation as cv
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesRegressor, GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
)
from sklearn.externals import joblib
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.grid_search import GridSearchCV
from sklearn.linear_model import (
    LassoCV, LassoLars, LinearRegression, LogisticRegression, OrthogonalMatchingPursuit, Ridge
)
from sklearn import metrics
from sklearn.metrics import jaccard_similarity_score
from sklearn.preprocessing import Imputer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, SVR
from xgboost import XGBClassifier

class Mean(BaseEstimator):
    def __init__(self, shift=0): self.shift = shift
    def fit(self, X, y): self.mean_ = np.mean(y) + self.shift; return self
    def predict(self, X): return np.full(len(X), self.mean_)

line = np.arange(6.0).reshape(-1, 1)
ys = np.array([0.0, 0.0, 2.0, 2.0])
gaps = pd.DataFrame({'a': [np.nan, 1.0]})
gapped = pd.DataFrame({'a': [1.0, 2.0]}, index=pd.to_datetime(['2020-01-01', '2020-01-04']))
missing = pd.DataFrame({'k': ['a', 'a'], 'v': [np.nan, np.nan]})

seen, guessed = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
plane = np.array([[1, 2, 0.5], [2, 1, 3], [4, 3, 1], [3, 5, 2], [6, 5, 4], [5, 7, 1.5]])
heights = plane[:, 0] * 2 + plane[:, 1] * 0.5 + [0.1, -0.2, 0.3, 0, -0.1, 0.2]
first, second = [1.1, 2.2, 3.3, 4.4, 5.5, 1.7], [2.1, 3.3, 1.2, 6.6, 7.1, 4.2]

def rounded(value):
    if np.ndim(value) == 0:
        return round(float(value), 6)
    return [rounded(one) for one in value]

def search():
    made = GridSearchCV(Mean(), {'shift': [0, -1]}, scoring='mean_squared_error', cv=2)
    made.best = made.fit(ys.reshape(-1, 1), ys)
    return made

def written(frame, act):
    changed = frame.copy()
    act(changed)
    return changed.iloc[:, 0].tolist()

def added(frame, act):
    changed = frame.copy()
    act(changed)
    return changed.columns.tolist()

def chained(frame):
    changed = frame.copy()
    changed['a'][changed['b'] > 1] = 0
    return changed.a.tolist()

def azureml_main(given):
    named = given.set_index('name')
    unique = named[:3]
    odd = given.copy(); odd.index = [3, 5, 7, 9]
    times = given[:3].set_index(pd.date_range('2020-01-01', periods=3))[['a']]
    rows = []
    for code in EXPRESSIONS:
        f = given.copy()
        s = pd.Series([3.0, 1.0, 2.0], index=['p', 'q', 'r'])
        names = dict(globals(), f=f, named=named, unique=unique, odd=odd, times=times, s=s)
        try:
            rows.append(repr(eval(code, names)))
        except Exception as error:
            rows.append('%s: %s' % (type(error).__name__, error))
    return pd.DataFrame({'value': rows}),
"""


@pytest.fixture(scope="module")
def results(run: "Run") -> dict[str, str]:
    outcome = run(f"EXPRESSIONS = {list(ALL)!r}\n{SCRIPT}", FRAME)
    assert outcome.failure is None, outcome.failure.traceback
    return dict(
        zip(ALL, map(str, outcome.tables["results_dataset"]["value"].to_pylist()), strict=True)
    )


@pytest.mark.parametrize("code", ALL)
def test_a_restored_call_means_what_it_meant(code: str, results: dict[str, str]) -> None:
    assert results[code] == repr(ALL[code])
