package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.LibTorch;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The catalogue of architectures that can be trained here, by name: command-line help, tables and tests read this list. */
public final class VictimCatalog {
    private static final List<Architecture> ALL = List.of(
            new Architecture("resnet18", VictimFamily.RESNET, 11_173_962, c -> ResNet.resnet18(3, c)),
            new Architecture("resnet50", VictimFamily.RESNET, 23_520_842, ResNet::resnet50),
            new Architecture("resnext50", VictimFamily.RESNEXT, 22_992_714, ResNet::resnext50),
            new Architecture("densenet121", VictimFamily.DENSENET, 6_956_298, DenseNet::densenet121),
            new Architecture("vgg19", VictimFamily.VGG, 20_040_522, Vgg::vgg19),
            new Architecture("vgg16", VictimFamily.VGG, 14_728_266, Vgg::vgg16),
            new Architecture("vgg16-quarter", VictimFamily.VGG, 924_186, Vgg::vgg16Quarter),
            new Architecture("resnet20", VictimFamily.RESNET, 269_722, ResNet::resnet20),
            new Architecture("resnext20", VictimFamily.RESNEXT, 139_290, ResNet::resnext20),
            new Architecture("densenet32", VictimFamily.DENSENET, 122_746, DenseNet::densenet32),
            new Architecture("vgg8", VictimFamily.VGG, 156_730, Vgg::vgg8),
            // For images of 64 pixels, which they halve at once.
            new Architecture("resnet20-64", VictimFamily.RESNET, 271_642, ResNet::resnet20Halving),
            new Architecture("resnext20-64", VictimFamily.RESNEXT, 141_210, ResNet::resnext20Halving),
            new Architecture("densenet32-64", VictimFamily.DENSENET, 125_674, DenseNet::densenet32Halving),
            new Architecture("vgg9-64", VictimFamily.VGG, 157_690, Vgg::vgg9));

    /** torchvision's forms, 7×7 at stride 2 and pooling, that the paper's victims have; its VGG19 has a smaller head, as {@code vgg19} here. */
    private static final List<String> PAPER = List.of("resnet50", "resnext50", "densenet121");

    /** Ends the names of torchvision's forms for photographs. */
    static final String LARGE = "-imagenet";

    /** torchvision's, whose parameters are counted with its 1000 classes and given with 10. */
    private static final List<Architecture> IMPORTED = Stream.of(
                    List.of(
                            large(
                                    "resnet18",
                                    VictimFamily.RESNET,
                                    11_689_512,
                                    512,
                                    c -> resnet(List.of(2, 2, 2, 2), false, 1, 64, true, c)),
                            large(
                                    "resnet34",
                                    VictimFamily.RESNET,
                                    21_797_672,
                                    512,
                                    c -> resnet(List.of(3, 4, 6, 3), false, 1, 64, true, c)),
                            large(
                                    "resnet50",
                                    VictimFamily.RESNET,
                                    25_557_032,
                                    2048,
                                    c -> resnet(List.of(3, 4, 6, 3), true, 1, 64, true, c)),
                            large(
                                    "resnet101",
                                    VictimFamily.RESNET,
                                    44_549_160,
                                    2048,
                                    c -> resnet(List.of(3, 4, 23, 3), true, 1, 64, true, c)),
                            large(
                                    "resnet152",
                                    VictimFamily.RESNET,
                                    60_192_808,
                                    2048,
                                    c -> resnet(List.of(3, 8, 36, 3), true, 1, 64, true, c)),
                            large(
                                    "resnext50",
                                    VictimFamily.RESNEXT,
                                    25_028_904,
                                    2048,
                                    c -> resnet(List.of(3, 4, 6, 3), true, 32, 4, true, c)),
                            large(
                                    "resnext101",
                                    VictimFamily.RESNEXT,
                                    88_791_336,
                                    2048,
                                    c -> resnet(List.of(3, 4, 23, 3), true, 32, 8, true, c)),
                            large(
                                    "densenet121",
                                    VictimFamily.DENSENET,
                                    7_978_856,
                                    1024,
                                    c -> new DenseNet(List.of(6, 12, 24, 16), 32, c, true)),
                            large(
                                    "densenet161",
                                    VictimFamily.DENSENET,
                                    28_681_000,
                                    2208,
                                    c -> new DenseNet(List.of(6, 12, 36, 24), 48, c, true)),
                            large(
                                    "densenet169",
                                    VictimFamily.DENSENET,
                                    14_149_480,
                                    1664,
                                    c -> new DenseNet(List.of(6, 12, 32, 32), 32, c, true)),
                            large(
                                    "densenet201",
                                    VictimFamily.DENSENET,
                                    20_013_928,
                                    1920,
                                    c -> new DenseNet(List.of(6, 12, 48, 32), 32, c, true)),
                            large("vgg11", VictimFamily.VGG, 132_863_336, 4096, c -> Vgg.torchvision(11, false, c)),
                            large("vgg13", VictimFamily.VGG, 133_047_848, 4096, c -> Vgg.torchvision(13, false, c)),
                            large("vgg16", VictimFamily.VGG, 138_357_544, 4096, c -> Vgg.torchvision(16, false, c)),
                            large("vgg19", VictimFamily.VGG, 143_667_240, 4096, c -> Vgg.torchvision(19, false, c)),
                            large("vgg11_bn", VictimFamily.VGG, 132_868_840, 4096, c -> Vgg.torchvision(11, true, c)),
                            large("vgg13_bn", VictimFamily.VGG, 133_053_736, 4096, c -> Vgg.torchvision(13, true, c)),
                            large("vgg16_bn", VictimFamily.VGG, 138_365_992, 4096, c -> Vgg.torchvision(16, true, c)),
                            large("vgg19_bn", VictimFamily.VGG, 143_678_248, 4096, c -> Vgg.torchvision(19, true, c))),
                    // The CIFAR forms of those that are not trained here; the stem has 7,680 values fewer, and is all
                    // that differs.
                    List.of(
                            new Architecture(
                                    "resnet34",
                                    VictimFamily.RESNET,
                                    21_282_122,
                                    c -> resnet(List.of(3, 4, 6, 3), false, 1, 64, false, c)),
                            new Architecture(
                                    "resnet101",
                                    VictimFamily.RESNET,
                                    42_512_970,
                                    c -> resnet(List.of(3, 4, 23, 3), true, 1, 64, false, c)),
                            new Architecture(
                                    "resnet152",
                                    VictimFamily.RESNET,
                                    58_156_618,
                                    c -> resnet(List.of(3, 8, 36, 3), true, 1, 64, false, c))))
            .flatMap(List::stream)
            .toList();

    private VictimCatalog() {}

    private static Architecture large(
            String name, VictimFamily family, long with1000, int features, IntFunction<Network> constructor) {
        return new Architecture(name + LARGE, family, with1000 - 990L * (features + 1), constructor);
    }

    private static Network resnet(
            List<Integer> blocks, boolean bottleneck, int groups, int groupWidth, boolean large, int classes) {
        return ResNet.torchvision(blocks, bottleneck, groups, groupWidth, large, classes);
    }

    /** torchvision's forms of the paper's victims, which can be trained too: for images of 64 pixels and more. */
    public static List<Architecture> paper() {
        return Stream.concat(PAPER.stream().map(name -> named(name + LARGE)), Stream.of(named("vgg19")))
                .toList();
    }

    /** Every architecture beside {@link #all}: weights of these are usually imported. */
    public static List<Architecture> imported() {
        return IMPORTED;
    }

    /** The parameters above which an architecture is not for training on a CPU. */
    public static final long COMPACT_PARAMETERS = 500_000;

    /**
     * An architecture.
     *
     * @param name as in commands and files
     * @param family which of the paper's four kinds it is
     * @param parameters learnable values with 10 classes
     * @param constructor the number of classes to a network with undefined weights
     */
    public record Architecture(String name, VictimFamily family, long parameters, IntFunction<Network> constructor) {
        /** Whether it is small enough to train on a CPU in minutes. */
        public boolean compact() {
            return parameters <= COMPACT_PARAMETERS;
        }

        /** A network with initial weights drawn from {@code seed}; the caller closes it. */
        public Network network(int classes, Seed seed) {
            LibTorch.load();
            Network network = constructor.apply(Checks.positive("classes", classes));
            Initialisation.draw(network, seed);
            return network;
        }
    }

    /** Every architecture, the paper's first. */
    public static List<Architecture> all() {
        return ALL;
    }

    /**
     * The architecture called {@code name}.
     *
     * @throws RedrlException listing the known names if there is none
     */
    public static Architecture named(String name) {
        return Stream.concat(ALL.stream(), IMPORTED.stream())
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RedrlException("Unknown model '" + OneLine.of(name) + "'. Known are: "
                        + ALL.stream().map(Architecture::name).collect(Collectors.joining(", "))));
    }
}
