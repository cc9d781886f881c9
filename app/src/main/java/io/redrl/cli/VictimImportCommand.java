package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.data.RedrlHome;
import io.redrl.model.ModelCard;
import io.redrl.model.VictimImport;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl victim import}. */
@Command(
        name = "import",
        description =
                "Make a victim of weights that were trained elsewhere: torchvision's ResNet, ResNeXt, DenseNet and VGG"
                        + " and their CIFAR forms, from safetensors or a .pth state dict. Nothing in the file is executed.")
final class VictimImportCommand implements Runnable {
    private final RedrlCommand redrl;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "MODEL",
            description =
                    "Such as resnet50, resnext50_32x4d, densenet121 or vgg16_bn; the weights tell which form it is.")
    private String model;

    @Option(
            names = "--weights",
            required = true,
            paramLabel = "FILE",
            description = "Safetensors or a .pth state dict.")
    private Path weights;

    @Mixin
    private VictimOptions.WithClasses options = new VictimOptions.WithClasses();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Default: models/NAME in the cache, NAME that of the file.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--json", description = "Print the model card as JSON.")
    private boolean json;

    VictimImportCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        String name = String.valueOf(weights.getFileName()).replaceFirst("(?<=.)\\..*$", "");
        Path folder = out.orElseGet(() -> RedrlHome.path().resolve("models").resolve(name));
        ModelCard card = VictimImport.write(model, weights, options.settings(spec.commandLine()), folder);
        if (json) {
            redrl.out().print(Json.pretty(card));
            return;
        }
        redrl.out()
                .println(card.architecture() + ": " + Durations.count(card.parameters()) + " parameters, "
                        + Durations.count(card.classes()) + " classes, images of " + card.input() + ", mean "
                        + card.mean()
                        + ", std " + card.std());
        redrl.out().println("The model is in " + folder);
    }
}
