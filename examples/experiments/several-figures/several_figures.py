"""Draw several figures in one run: each is a separate picture, in the order they were made.

A figure that is shown or left open is saved too, so notebook code works without changes.
"""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

AGE = "Age (years)"
GLUCOSE = "Plasma glucose concentration a 2 hours in an oral glucose tolerance test"
LABEL = "Class variable (0 or 1)"


def azureml_main(dataframe1=None, dataframe2=None):
    figure, axes = plt.subplots()
    axes.hist(dataframe1[AGE], bins=20, color="#4c7a9b")
    axes.set(title="Age", xlabel="Years", ylabel="Women")
    figure.savefig("age.png")

    figure, axes = plt.subplots()
    axes.boxplot(
        [rows[GLUCOSE] for _, rows in dataframe1.groupby(LABEL)],
        tick_labels=["without diabetes", "with diabetes"],
        widths=0.4,
        medianprops={"color": "#c8643c"},
    )
    axes.set(title="Plasma glucose", ylabel="mg/dl after two hours")
    figure.savefig("glucose.png")

    # Not saved: the device shows it as figure-3.png.
    share = dataframe1.groupby(dataframe1[AGE] // 10 * 10)[LABEL].mean()
    plt.figure()
    plt.plot(share.index, share, marker="o", color="#c8643c")
    plt.title("Share with diabetes, by decade of age")
    plt.show()

    return (share.rename("share").reset_index(),)
