/* Nothing stands here whose hashes are not published or computed from a copy. */
#include "data/known.h"

#include <string.h>

#define MNIST_FILES                                                                      \
    {                                                                                    \
        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",                      \
            "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"                     \
    }

const struct known known_sets[] = {
    /* Cohen, Afshar, Tapson & van Schaik 2017. As in the original, images are transposed,
     * which is nothing to a network whose first layer sees all pixels. Hashes of the gzip
     * files. */
    {"emnist-digits",
     {"https://github.com/aurelienduarte/emnist/raw/master/gzip/",
      "https://media.githubusercontent.com/media/aurelienduarte/emnist/master/gzip/"},
     {"emnist-digits-train-images-idx3-ubyte.gz",
      "emnist-digits-train-labels-idx1-ubyte.gz",
      "emnist-digits-test-images-idx3-ubyte.gz",
      "emnist-digits-test-labels-idx1-ubyte.gz"},
     {"f7c95004d14d81af89522e67d8f0c781dfb3bd544181c81bfe1eb6b41c35b726",
      "6638a6ff5fe2eefd9cca2471995b46c82986b8e4b2a70d2f5ce8e05d7edb319e",
      "20ebe43509264f7639d37c835a3f0b009e90b29e00a099a03101abe1644a3f63",
      "bad1834c45d5988e270b99d43b13edc3fd898f658ffbc2caf2846ef27f7b05b0"}},
    /* Xiao, Rasul & Vollgraf 2017. Hashes of the contents. */
    {"fashion-mnist",
     {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"},
     MNIST_FILES,
     {"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
      "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
      "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
      "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}},
    /* Clanuwat et al. 2018. Hashes of the gzip files. */
    {"kmnist",
     {"https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
      "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"},
     MNIST_FILES,
     {"51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
      "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
      "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
      "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"}},
    /* LeCun, Cortes & Burges. Hashes of the contents. */
    {"mnist",
     {"https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/"},
     MNIST_FILES,
     {"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
      "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
      "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
      "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}},
};

const size_t known_sets_count = sizeof known_sets / sizeof known_sets[0];

const struct known *known_find(const char *name)
{
    for (size_t i = 0; i < known_sets_count; i++)
        if (strcmp(known_sets[i].name, name) == 0)
            return &known_sets[i];
    return NULL;
}
