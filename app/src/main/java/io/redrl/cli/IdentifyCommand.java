package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.Durations;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.identify.Identification;
import io.redrl.identify.IdentifiedFile;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import io.redrl.identify.IdentifySettings;
import io.redrl.identify.IdentifySettings.Depth;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageSource;
import io.redrl.image.LargeImagePolicy;
import io.redrl.report.IdentificationPage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExitCodeGenerator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code redrl identify}. */
@Command(
        name = "identify",
        description = "Which attack made these images, if any; what it changed, where, and what a victim makes of it."
                + " From the images alone.",
        exitCodeList = {
            ExitCodes.DONE + ":every image is clean",
            ExitCodes.FAILED + ":failed, or an image could not be read or a file not written and none is attacked",
            ExitCodes.USAGE + ":wrong usage; nothing was begun",
            ExitCodes.ATTACKED + ":at least one image is attacked",
            ExitCodes.UNKNOWN + ":no image is attacked, but at least one is unknown",
            ExitCodes.STOPPED + ":stopped by Ctrl-C or kill; results are of the images until then"
        },
        footer = {
            "",
            "'unknown' is an image that looks like nothing the model has learnt: an attack of another kind, or no"
                    + " photograph. 'or' lists what else the attack may be: with the verdict it holds the truth in 95 % of cases.",
            "Example: ./redrl identify photo.png --html photo.html --out photo-pictures"
        })
final class IdentifyCommand implements Runnable, IExitCodeGenerator {
    /** So many are done before a bar would tell anything. */
    private static final int FEW = 64;

    private final RedrlCommand redrl;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "IMAGE|FOLDER|…",
            description =
                    ImageFormat.NAMES + " files; folders and zips of them, which are searched to the bottom; NumPy"
                            + " arrays of images (.npy, .npz); lists of image files (.txt, .csv); - for standard input.")
    private List<Path> paths = List.of();

    @Mixin
    private ModelOptions modelOptions = new ModelOptions();

    @Option(
            names = "--classes",
            paramLabel = "CLASSES",
            defaultValue = "all",
            description =
                    "What verdicts are in: all (families of attacks and their algorithms) or paper (its six classes)."
                            + " Default: ${DEFAULT-VALUE}.")
    private IdentifySettings.Classes classes;

    @Option(
            names = "--prior",
            paramLabel = "SHARE",
            description =
                    "Which share of your images you expect to be attacked, such as 0.01. Default: the model's own, with"
                            + " which it calls at most one clean image in a hundred attacked.")
    private Optional<Double> prior = Optional.empty();

    @Option(
            names = "--tiles",
            paramLabel = "N",
            defaultValue = "64",
            description =
                    "A recogniser of redrl run reads larger images than its own in tiles, at most so many of each; more"
                            + " are thinned out evenly. Default: ${DEFAULT-VALUE}.")
    private int tiles;

    @Option(names = "--scale", description = "It scales them down instead. Wipes out most of what attacks leave.")
    private boolean scale;

    @Option(
            names = "--verdict-only",
            description = "No repair, no perturbation, no victim: the verdict and its probabilities, sooner.")
    private boolean verdictOnly;

    @Option(
            names = "--saliency",
            description = "Also which filters and pixels of the victim each image targets. Takes about a second for"
                    + " each.")
    private boolean saliency;

    @Option(
            names = "--amplify",
            paramLabel = "FACTOR",
            defaultValue = "8",
            description = "How many times pictures of perturbations are magnified, around grey 128; default:"
                    + " ${DEFAULT-VALUE}.")
    private int amplify;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Also write PNG files there, for each image: NAME-repaired.png, NAME-perturbation.png, and"
                    + " with --saliency NAME-saliency.png.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write a page with pictures that needs nothing else.")
    private Optional<Path> html = Optional.empty();

    @Option(
            names = "--strict",
            description = "Stop at the first file or folder that cannot be read, before any verdict.")
    private boolean strict;

    @Mixin
    private IdentifyOutput output = new IdentifyOutput();

    private final IdentificationPage page = new IdentificationPage();
    private int exitCode;
    private boolean unwritten;
    private boolean unsaid;

    IdentifyCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        IdentifySettings settings = WrongUsage.unless(spec.commandLine(), this::settings);
        WrongUsage.unless(
                spec.commandLine(), !saliency || !verdictOnly, "--saliency and --verdict-only exclude each other");
        output.check(spec.commandLine());
        modelOptions.check(spec.commandLine());
        ImageFiles files = withoutPictures(ImageFiles.in(paths));
        List<Path> images = files.files();
        PictureFiles pictures = WrongUsage.unless(spec.commandLine(), () -> new PictureFiles(out, images));
        keepInputs(images);
        IdentifyModels models = modelOptions.models(spec.commandLine());
        WrongUsage.unless(
                spec.commandLine(),
                !saliency || models.victim().isPresent(),
                "--saliency needs a victim: see --victim");
        files.remarks().forEach(redrl::problem);
        if (strict) {
            requireReadable(files);
        }
        IdentifyResult result = identify(files, models, settings, pictures);
        exitCode = result.exitCode();
        write(result);
        if (output.forPeople()) {
            pictures.written().ifPresent(folder -> redrl.out().println("Pictures: " + folder));
        }
        html.ifPresent(this::writePage);
    }

    private ImageFiles withoutPictures(ImageFiles files) {
        List<Path> images = PictureFiles.withoutOwn(files.files(), paths);
        int pictures = files.files().size() - images.size();
        if (pictures > 0) {
            redrl.warn(Durations.count(pictures) + " pictures that an earlier redrl identify wrote were left out");
        }
        Checks.require(
                pictures == 0 || !images.isEmpty(),
                "All images in %s are pictures that an earlier redrl identify wrote: to have one judged, name its file",
                paths);
        return new ImageFiles(images, files.sources(), files.remarks(), files.unreadable());
    }

    /** Results never take the place of what they are of. */
    private void keepInputs(List<Path> images) {
        Set<Path> inputs = images.stream().map(PictureFiles::real).collect(Collectors.toSet());
        for (Path file :
                Stream.of(html, output.file()).flatMap(Optional::stream).toList()) {
            WrongUsage.unless(
                    spec.commandLine(),
                    !inputs.contains(PictureFiles.real(file)),
                    "the result would overwrite " + file + ", which is to be identified: name another file");
        }
    }

    private void write(IdentifyResult result) {
        try {
            output.write(result, redrl);
        } catch (RedrlException e) {
            redrl.problem(String.valueOf(e.getMessage()));
            unsaid = true;
        }
    }

    /** Each is decoded once more than without. */
    private void requireReadable(ImageFiles files) {
        files.unreadable().stream().findFirst().ifPresent(found -> {
            throw new RedrlException(found.why());
        });
        for (Path file : files.files()) {
            redrl.progress().checkStopped();
            files.sources(List.of(file)).forEach(ImageSource::read);
        }
    }

    /** Comes last: whatever becomes of the page, the verdicts are out. */
    private void writePage(Path file) {
        try {
            page.write(file);
        } catch (RedrlException e) {
            unwritten(e);
            return;
        }
        if (output.forPeople()) {
            redrl.out().println("Page: " + file.toAbsolutePath().normalize());
        }
    }

    private void unwritten(RedrlException why) {
        redrl.problem(String.valueOf(why.getMessage()));
        unwritten = true;
    }

    /** That of the verdicts; where these are harmless or could not be given, a file that could not be written counts as a failure. */
    @Override
    public int getExitCode() {
        boolean harmless = exitCode == ExitCodes.DONE || exitCode == ExitCodes.UNKNOWN;
        return unsaid || (unwritten && harmless) ? ExitCodes.FAILED : exitCode;
    }

    private IdentifyResult identify(
            ImageFiles inputs, IdentifyModels models, IdentifySettings settings, PictureFiles pictures) {
        List<Path> files = inputs.files();
        Progress progress = redrl.progress();
        try (Identifier identifier = Identifier.open(models, settings)) {
            IdentifyResult.Builder result =
                    new IdentifyResult.Builder(identifier.judge(), identifier.remarks(), output.gate());
            tell(
                    inputs.unreadable().stream()
                            .map(found -> new IdentifiedFile(found.input(), Optional.empty(), Optional.of(found.why())))
                            .toList(),
                    pictures,
                    result);
            try (Progress.Task task =
                    (files.size() <= FEW ? Progress.silent() : progress).start("identifying", files.size(), "images")) {
                int done = 0;
                while (done < files.size() && !progress.stopRequested()) {
                    List<IdentifiedFile> results =
                            identifier.identifyNextOf(inputs.sources(files.subList(done, files.size())));
                    tell(results, pictures, result);
                    done += results.size();
                    task.advance(results.size());
                }
                if (done < files.size()) {
                    redrl.problem("stopped after " + done + " of " + files.size() + " images; results are of these");
                    result.stop();
                }
            }
            return result.build();
        }
    }

    private void tell(List<IdentifiedFile> files, PictureFiles pictures, IdentifyResult.Builder result) {
        for (IdentifiedFile file : files) {
            file.failure().ifPresent(redrl::problem);
            file.identification().filter(x -> html.isPresent()).ifPresent(page::add);
            result.add(
                    file,
                    file.identification().map(found -> write(found, pictures)).orElse(Map.of()));
        }
    }

    private Map<String, String> write(Identification found, PictureFiles pictures) {
        try {
            return pictures.write(found);
        } catch (RedrlException e) {
            unwritten(e);
            return Map.of();
        }
    }

    private IdentifySettings settings() {
        return new IdentifySettings(
                scale ? LargeImagePolicy.SCALE : LargeImagePolicy.TILES,
                tiles,
                verdictOnly ? Depth.VERDICT : saliency ? Depth.SALIENCY : Depth.DETAILS,
                amplify,
                classes,
                prior);
    }
}
