package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.LibTorch;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

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
            new Architecture("vgg8", VictimFamily.VGG, 156_730, Vgg::vgg8));

    private VictimCatalog() {}

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
        return ALL.stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new RedrlException("Unknown model '" + OneLine.of(name) + "'. Known are: "
                        + ALL.stream().map(Architecture::name).collect(Collectors.joining(", "))));
    }
}
