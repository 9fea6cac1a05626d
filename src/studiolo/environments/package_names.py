"""Guesses the package that a missing module comes from, for the hint to a user."""

#: Modules whose package has a different name, by the first part of the import. Modules of
#: packages that go by their own name (numpy, seaborn, …) need no entry.
_PACKAGES = {
    "Bio": "biopython",
    "Crypto": "pycryptodome",
    "Levenshtein": "levenshtein",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    # Without the windows of opencv-python, whose libraries servers lack.
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "fitz": "pymupdf",
    "git": "gitpython",
    "igraph": "python-igraph",
    "imblearn": "imbalanced-learn",
    "jwt": "pyjwt",
    "kafka": "kafka-python",
    "ldap": "python-ldap",
    "magic": "python-magic",
    "mpl_toolkits": "matplotlib",
    "nacl": "pynacl",
    "osgeo": "gdal",
    "pkg_resources": "setuptools",
    "pptx": "python-pptx",
    "psycopg2": "psycopg2-binary",
    "pylab": "matplotlib",
    "rest_framework": "djangorestframework",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "snappy": "python-snappy",
    "telegram": "python-telegram-bot",
    "umap": "umap-learn",
    "usb": "pyusb",
    "win32com": "pywin32",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
#: Packages of one namespace: the longest name that what is imported begins with decides.
_NAMESPACES = {
    "azure.cosmos": "azure-cosmos",
    "azure.identity": "azure-identity",
    "azure.keyvault.secrets": "azure-keyvault-secrets",
    "azure.storage": "azure-storage-blob",
    "azure.storage.blob": "azure-storage-blob",
    "azure.storage.queue": "azure-storage-queue",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.storage": "google-cloud-storage",
    "google.protobuf": "protobuf",
    "ruamel.yaml": "ruamel-yaml",
}


def suggest_package(module: str) -> str:
    """The package to install for a module that could not be imported ("sklearn.svm").

    It is a guess where neither table knows the module: then it is the name of the module.
    """
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        package = _NAMESPACES.get(".".join(parts[:length]))
        if package:
            return package
    return _PACKAGES.get(parts[0], parts[0])
