import pytest

from studiolo.environments.package_names import suggest_package


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("sklearn", "scikit-learn"),
        ("sklearn.ensemble", "scikit-learn"),
        ("cv2", "opencv-python-headless"),
        ("PIL", "pillow"),
        ("yaml", "pyyaml"),
        ("bs4", "beautifulsoup4"),
        ("skimage.io", "scikit-image"),
        ("dateutil.parser", "python-dateutil"),
        ("Crypto.Cipher", "pycryptodome"),
        ("azure.storage.blob", "azure-storage-blob"),
        ("azure.storage.queue.aio", "azure-storage-queue"),
        ("seaborn", "seaborn"),
        ("xgboost.sklearn", "xgboost"),
    ],
)
def test_suggestions(module: str, package: str) -> None:
    assert suggest_package(module) == package
