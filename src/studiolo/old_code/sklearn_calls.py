"""Calls that scikit-learn no longer has, or that work differently today."""

from typing import Final

from studiolo.old_code.retired_call import (
    Attribute,
    Effect,
    Idiom,
    Keyword,
    Path,
    RetiredCall,
    Text,
    attribute_error,
    path_error,
)

#: The classes of `cross_validation` take other arguments today.
_IN_MODEL_SELECTION = (
    *(
        (f"sklearn.cross_validation.{name}", f"sklearn.model_selection.{name}")
        for name in ("train_test_split", "cross_val_score", "cross_val_predict")
    ),
    *(
        (f"sklearn.grid_search.{name}", f"sklearn.model_selection.{name}")
        for name in ("GridSearchCV", "RandomizedSearchCV", "ParameterGrid", "ParameterSampler")
    ),
    *(
        (f"sklearn.learning_curve.{name}", f"sklearn.model_selection.{name}")
        for name in ("learning_curve", "validation_curve")
    ),
)
_DISCRIMINANTS = (
    ("sklearn.lda.LDA", "sklearn.discriminant_analysis.LinearDiscriminantAnalysis"),
    ("sklearn.qda.QDA", "sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis"),
)
SCIKIT_LEARN: Final[tuple[RetiredCall, ...]] = (
    RetiredCall(
        shape=Path(
            names=("sklearn.cross_validation", "sklearn.grid_search", "sklearn.learning_curve")
        ),
        old="from sklearn.cross_validation import train_test_split",
        today="`from sklearn.model_selection import train_test_split`; its `KFold` and the like "
        "take `n_splits` and get the data by `.split(x)`",
        errors=(r"No module named 'sklearn\.(cross_validation|grid_search|learning_curve)",),
        renames=_IN_MODEL_SELECTION,
    ),
    RetiredCall(
        shape=Path(names=("sklearn.externals",)),
        old="from sklearn.externals import joblib",
        today="`import joblib`",
        errors=(path_error("sklearn.externals", "joblib", "six"), r"'sklearn\.externals"),
        renames=(("sklearn.externals.joblib", "joblib"), ("sklearn.externals.six", "six")),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.preprocessing.Imputer",)),
        old="from sklearn.preprocessing import Imputer",
        today="`from sklearn.impute import SimpleImputer`",
        errors=(path_error("sklearn.preprocessing", "Imputer"),),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.lda", "sklearn.qda")),
        old="from sklearn.lda import LDA",
        today="`from sklearn.discriminant_analysis import LinearDiscriminantAnalysis`",
        errors=(r"No module named 'sklearn\.(lda|qda)",),
        renames=_DISCRIMINANTS,
    ),
    RetiredCall(
        shape=Path(names=("sklearn.decomposition.RandomizedPCA", "sklearn.mixture.GMM")),
        lost="`RandomizedPCA` is there; `GMM` found other mixtures than its successor.",
        old="from sklearn.decomposition import RandomizedPCA",
        today="`PCA(svd_solver='randomized')`, `sklearn.mixture.GaussianMixture`",
        errors=(r"cannot import name '(RandomizedPCA|GMM)'",),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.metrics.jaccard_similarity_score",)),
        old="from sklearn.metrics import jaccard_similarity_score",
        today="`sklearn.metrics.jaccard_score`, or `accuracy_score` for one label per row",
        errors=(path_error("sklearn.metrics", "jaccard_similarity_score"),),
    ),
    RetiredCall(
        shape=Attribute(names=("get_feature_names",)),
        old="CountVectorizer().fit(frame['name']).get_feature_names()",
        today="`.get_feature_names_out()`",
        errors=(attribute_error("get_feature_names"),),
    ),
    RetiredCall(
        shape=Keyword(
            functions=("OneHotEncoder",), names=("sparse", "categorical_features", "n_values")
        ),
        old="OneHotEncoder(sparse=False)",
        today="`OneHotEncoder(sparse_output=False)`; columns are chosen by a `ColumnTransformer`",
        errors=(r"unexpected keyword argument '(sparse|categorical_features|n_values)'",),
        renames=(("sparse", "sparse_output"),),
    ),
    RetiredCall(
        shape=Keyword(functions=("KFold", "StratifiedKFold", "ShuffleSplit"), names=("n_folds",)),
        old="KFold(n_folds=3)",
        lost="Only the classes of `sklearn.cross_validation` took it, and they do.",
        today="`n_splits=…`, and `.split(x)` for the rows",
        errors=(r"unexpected keyword argument 'n_(folds|iter)'",),
    ),
    RetiredCall(
        shape=Keyword(
            functions=("LinearRegression", "Ridge", "Lasso", "ElasticNet"), names=("normalize",)
        ),
        old="LinearRegression(normalize=True)",
        today="`make_pipeline(StandardScaler(), LinearRegression())`",
        errors=(r"unexpected keyword argument 'normalize'",),
    ),
    RetiredCall(
        shape=Idiom(form="learner-defaults"),
        old="RandomForestClassifier()",
        today="`n_estimators=10`; `solver='liblinear'` for LogisticRegression, `gamma='auto'` for "
        "SVC and SVR, `n_init=10` for KMeans, `svd_solver='full'` for PCA, `cv=3` for LassoCV and "
        "the like",
        changed="Learners have different defaults today.",
        effect=Effect.CHANGES,
        noted=False,
    ),
    RetiredCall(
        shape=Keyword(
            functions=(
                *("SGDClassifier", "SGDRegressor", "Perceptron", "PassiveAggressiveClassifier"),
                "PassiveAggressiveRegressor",
            ),
            names=("n_iter",),
        ),
        old="SGDClassifier(n_iter=5)",
        today="`max_iter=5, tol=None`",
        errors=(r"(SGD|Perceptron|PassiveAgg)\w*\.\w+\(\) got an unexpected .* 'n_iter'",),
    ),
    RetiredCall(
        shape=Text(
            functions=("GradientBoostingRegressor", "GradientBoostingClassifier"),
            keyword="loss",
            pattern="ls|lad|deviance",
        ),
        old="GradientBoostingRegressor(loss='ls').fit([[1], [2]], [1, 2])",
        today="`loss='squared_error'`, `'absolute_error'`, `'log_loss'`",
        errors=(r"The 'loss' parameter of GradientBoosting",),
    ),
    RetiredCall(
        shape=Keyword(functions=("KMeans",), names=("n_jobs", "precompute_distances")),
        old="KMeans(2, n_init=10, n_jobs=1)",
        today="`KMeans(2, n_init=10)`, which uses all cores that it may",
        errors=(r"KMeans\.\w+\(\) got an unexpected keyword argument",),
    ),
    RetiredCall(
        shape=Idiom(form="score"),
        old="metrics.average_precision_score([0, 1], [0.1, 0.8])",
        today="`auc(recall, precision)` of the curve for the average precision, "
        "`average_method='geometric'` for normalized, `'max'` for adjusted mutual information",
        changed="Scores have other values today, and curves more points.",
        effect=Effect.CHANGES,
        noted=False,
    ),
    RetiredCall(
        shape=Attribute(names=("explained_variance_",)),
        old="pca.explained_variance_",
        today="`pca.explained_variance_ * (n - 1) / n` for n rows",
        changed="It is divided by n - 1 today, and was by n. Components may have the other sign.",
        effect=Effect.CHANGES,
        noted=False,
        lost="The variance is the old one; the signs are today's.",
    ),
    RetiredCall(
        shape=Text(
            functions=(
                *("RandomForestRegressor", "ExtraTreesRegressor", "DecisionTreeRegressor"),
                "ExtraTreeRegressor",
            ),
            keyword="criterion",
            pattern="mse|mae",
        ),
        old="RandomForestRegressor(n_estimators=2, criterion='mse').fit([[1], [2]], [1, 2])",
        today="`criterion='squared_error'`, `'absolute_error'`",
        errors=(r"The 'criterion' parameter of \w+Regressor",),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.datasets.load_iris",)),
        old="from sklearn.datasets import load_iris",
        today="a dataset that is connected to the script, if the old values count",
        changed="Three of its values were corrected, in the rows 34 and 37.",
        effect=Effect.CHANGES,
        noted=False,
    ),
    RetiredCall(
        shape=Keyword(functions=("auc",), names=("reorder",)),
        old="metrics.auc([0, 1], [0, 1], reorder=True)",
        today="values that are sorted: `order = numpy.argsort(x)`",
        errors=(r"got an unexpected keyword argument 'reorder'",),
    ),
    RetiredCall(
        shape=None,
        old="metrics.f1_score([0, 1, 2], [0, 0, 2])",
        today="`average='weighted'`",
        errors=(r"Target is multiclass but average='binary'",),
    ),
    RetiredCall(
        shape=Path(names=("sklearn.datasets.load_boston", "sklearn.linear_model.RandomizedLasso")),
        old="from sklearn.datasets import load_boston",
        today="a dataset that is connected to the script",
        errors=(r"`load_boston` has been removed", r"cannot import name 'RandomizedLasso'"),
        lost="scikit-learn has taken the data out.",
    ),
)
