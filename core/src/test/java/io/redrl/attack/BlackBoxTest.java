package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.ImageOutputStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks by logits alone, and what is no attack. */
class BlackBoxTest {
    private final Classifier victim = TinyModels.conv();

    /** The same victim; counts the images that it is asked about, none of which may record gradients. */
    private static Classifier counting(Classifier victim, int[] asked) {
        return new FunctionVictim(victim.classes(), victim.input(), x -> {
            assertThat(x.requires_grad()).isFalse();
            asked[0] += (int) x.size(0);
            return victim.logits(x);
        });
    }

    /** Class 0 whatever the image. */
    private Classifier stubborn() {
        return new FunctionVictim(5, victim.input(), x -> x.flatten(1, -1)
                .narrow(1, 0, 5)
                .mul(new Scalar(1e-3))
                .add(Tensor.create(new double[] {5, 0, 0, 0, 0}, 1, 5)));
    }

    @Test
    void squareUsesTheCornersOfTheBallAndEveryQueryItHas() {
        Scopes.run(() -> {
            double epsilon = 0.07;
            Tensor images =
                    TinyModels.images(3, -0.2, 1.2, 4, victim.input()).clamp(Tensors.scalar(0), Tensors.scalar(1));
            int[] asked = {0};
            for (int steps : new int[] {1, 2, 37}) {
                asked[0] = 0;
                AttackBatch batch = TinyModels.batch(stubborn(), images);
                Tensor adversarial = new SquareSpec(epsilon, steps, 0.8, Target.NONE)
                        .newAttack()
                        .perturb(counting(stubborn(), asked), batch);
                assertThat(asked[0]).isEqualTo(4 * steps);
                double[] x0 = TinyModels.values(images);
                double[] x = TinyModels.values(adversarial);
                for (int i = 0; i < x.length; i++) {
                    double least = Math.max(0, x0[i] - epsilon);
                    double most = Math.min(1, x0[i] + epsilon);
                    assertThat(Math.min(Math.abs(x[i] - least), Math.abs(x[i] - most)))
                            .isLessThan(1e-15);
                }
            }
        });
    }

    @Test
    void squareBeginsWithStripesAndStopsAtSuccess() {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(stubborn(), TinyModels.images(3, 0.2, 0.8, 2, victim.input()));
            double[] delta = TinyModels.values(new SquareSpec(0.1, 1, 0.8, Target.NONE)
                    .newAttack()
                    .perturb(stubborn(), batch)
                    .sub(batch.images()));
            for (int i = 0; i < delta.length; i++) {
                int column = i / 64 * 64 + i % 8; // the same channel's first row
                assertThat(delta[i]).isCloseTo(delta[column], within(1e-12));
            }
            AttackBatch fooled = new AttackBatch(batch.images(), new long[] {1, 1}, new long[] {0, 1}, batch.seed());
            int[] asked = {0};
            new SquareSpec(0.1, 100, 0.8, Target.NONE).newAttack().perturb(counting(stubborn(), asked), fooled);
            assertThat(asked[0]).isEqualTo(2);
        });
    }

    @Test
    void squareFindsTheCornerOfALinearModel() {
        Scopes.run(() -> {
            ImageShape shape = ImageShape.square(4);
            double[] w = new double[48];
            Arrays.setAll(w, i -> Math.sin(1 + 7 * i));
            double most = 0.5 * Arrays.stream(w).sum();
            double reach = 0.05 * Arrays.stream(w).map(Math::abs).sum();
            // Fooled only by nearly all of what the ball can give.
            Classifier linear = TinyModels.linear(shape, new double[][] {new double[48], w}, most + 0.97 * reach, 0);
            AttackBatch batch = TinyModels.batch(linear, TinyModels.images(1, 0.5, 0.5, 3, shape));
            assertThat(batch.labels()).containsOnly(0);
            Tensor adversarial =
                    new SquareSpec(0.05, 3000, 0.3, Target.NONE).newAttack().perturb(linear, batch);
            assertThat(linear.predict(adversarial)).containsOnly(1);
        });
    }

    @Test
    void squareNeverAsksAgainAboutTheImageItHas() {
        Scopes.run(() -> {
            // Here no square is ever better: each query has to differ from the first.
            List<String> seen = new ArrayList<>();
            Classifier flat = new FunctionVictim(5, victim.input(), x -> {
                seen.add(Arrays.toString(TinyModels.values(x)));
                return x.flatten(1, -1)
                        .narrow(1, 0, 5)
                        .mul(new Scalar(0.0))
                        .add(Tensor.create(new double[] {5, 0, 0, 0, 0}, 1, 5));
            });
            AttackBatch batch = TinyModels.batch(stubborn(), TinyModels.images(3, 0.2, 0.8, 1, victim.input()));
            new SquareSpec(0.1, 200, 0.01, Target.NONE).newAttack().perturb(flat, batch);
            assertThat(seen).hasSize(200);
            assertThat(seen.subList(1, 200)).doesNotContain(seen.get(0));
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 5, 0", "1, 12, 3", "3, 5, 7"})
    void fewPixelsAskAPopulationPerGeneration(int pixels, int population, int generations) {
        Scopes.run(() -> {
            int[] asked = {0};
            AttackBatch batch = TinyModels.batch(stubborn(), TinyModels.images(3, 0.2, 0.8, 3, victim.input()));
            Tensor adversarial = new FewPixelSpec(pixels, population, generations, Target.NONE)
                    .newAttack()
                    .perturb(counting(stubborn(), asked), batch);
            assertThat(asked[0]).isEqualTo(generations == 0 ? 0 : 3 * population * (generations + 1));
            assertThat(TinyModels.changedPixels(adversarial, batch.images())).allMatch(count -> count <= pixels);
        });
    }

    @Test
    void onePixelFindsTheOneThatCounts() {
        Scopes.run(() -> {
            ImageShape shape = ImageShape.square(8);
            double[] w = new double[192];
            w[64 + 3 * 8 + 5] = 4; // green at row 3, column 5: from 0.5 to 1 gives 2
            w[128 + 6 * 8 + 1] = -1; // less than the lead of 1.5
            Classifier linear = TinyModels.linear(shape, new double[][] {new double[192], w}, 1.5 + 1.5, 0);
            AttackBatch batch = TinyModels.batch(linear, TinyModels.images(1, 0.5, 0.5, 4, shape));
            assertThat(batch.labels()).containsOnly(0);
            Tensor adversarial =
                    new FewPixelSpec(1, 100, 60, Target.NONE).newAttack().perturb(linear, batch);
            assertThat(linear.predict(adversarial)).containsOnly(1);
            assertThat(TinyModels.changedPixels(adversarial, batch.images())).containsOnly(1L);
            double[] delta = TinyModels.values(adversarial.sub(batch.images()));
            for (int i = 0; i < 4; i++) {
                assertThat(delta[192 * i + 64 + 3 * 8 + 5]).isPositive();
            }
        });
    }

    @Test
    void manyCandidatesAreAskedInParts() {
        Scopes.run(() -> {
            int[] largest = {0};
            int[] asked = {0};
            Classifier watching = new FunctionVictim(5, victim.input(), x -> {
                largest[0] = Math.max(largest[0], (int) x.size(0));
                asked[0] += (int) x.size(0);
                return stubborn().logits(x);
            });
            AttackBatch batch = TinyModels.batch(stubborn(), TinyModels.images(3, 0.2, 0.8, 1, victim.input()));
            new FewPixelSpec(1, 30_000, 1, Target.NONE).newAttack().perturb(watching, batch);
            assertThat(asked[0]).isEqualTo(2 * 30_000);
            assertThat(192L * Double.BYTES * largest[0]).isBetween(8L << 20, 64L << 20);
        });
    }

    @Test
    void noiseIsItsDistributionAndCut() {
        Scopes.run(() -> {
            ImageShape shape = ImageShape.square(32);
            Tensor grey = TinyModels.images(1, 0.5, 0.5, 4, shape);
            AttackBatch batch = new AttackBatch(grey, new long[4], new long[] {1, 2, 3, 4}, new Seed(1));
            for (NoiseSpec.Distribution distribution : NoiseSpec.Distribution.values()) {
                double[] delta = TinyModels.values(new NoiseSpec(0.1, distribution)
                        .newAttack()
                        .perturb(victim, batch)
                        .sub(grey));
                double mean = Arrays.stream(delta).average().orElseThrow();
                double variance = Arrays.stream(delta).map(d -> d * d).average().orElseThrow();
                boolean uniform = distribution == NoiseSpec.Distribution.UNIFORM;
                assertThat(mean).isCloseTo(0, within(0.005));
                assertThat(Math.sqrt(variance)).isCloseTo(uniform ? 0.1 / Math.sqrt(3) : 0.1, within(0.003));
                assertThat(Arrays.stream(delta).map(Math::abs).max().orElseThrow() <= 0.1)
                        .isEqualTo(uniform);
            }
            double[] cut = TinyModels.values(new NoiseSpec(1, NoiseSpec.Distribution.GAUSSIAN)
                    .newAttack()
                    .perturb(victim, batch));
            assertThat(cut).contains(0, 1);
            assertThat(Arrays.stream(cut).boxed()).allMatch(v -> v >= 0 && v <= 1);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 30, 75, 100})
    void jpegIsWhatImageIoWritesAndReads(int quality) {
        Scopes.run(() -> {
            ImageShape shape = new ImageShape(3, 9, 17);
            Tensor images = TinyModels.images(5, 0, 1, 2, shape);
            AttackBatch batch = new AttackBatch(images, new long[2], new long[] {1, 2}, new Seed(1));
            double[] result =
                    TinyModels.values(new JpegSpec(quality).newAttack().perturb(victim, batch));
            double[] levels = TinyModels.values(Tensors.rounded(images).mul(new Scalar(255.0)));
            for (int i = 0; i < 2; i++) {
                BufferedImage image = new BufferedImage(17, 9, BufferedImage.TYPE_INT_RGB);
                for (int row = 0; row < 9; row++) {
                    for (int column = 0; column < 17; column++) {
                        int at = 3 * 153 * i + 17 * row + column;
                        int red = (int) Math.rint(levels[at]);
                        int green = (int) Math.rint(levels[at + 153]);
                        int blue = (int) Math.rint(levels[at + 306]);
                        image.setRGB(column, row, red << 16 | green << 8 | blue);
                    }
                }
                BufferedImage back = roundTrip(image, quality / 100f);
                for (int row = 0; row < 9; row++) {
                    for (int column = 0; column < 17; column++) {
                        int at = 3 * 153 * i + 17 * row + column;
                        int rgb = back.getRGB(column, row);
                        assertThat(255 * result[at]).isCloseTo(rgb >> 16 & 255, within(1e-4));
                        assertThat(255 * result[at + 153]).isCloseTo(rgb >> 8 & 255, within(1e-4));
                        assertThat(255 * result[at + 306]).isCloseTo(rgb & 255, within(1e-4));
                    }
                }
            }
        });
    }

    private static BufferedImage roundTrip(BufferedImage image, float quality) {
        var writer = ImageIO.getImageWritersByFormatName("jpg").next();
        var bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            parameters.setCompressionQuality(quality);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, null), parameters);
            out.flush();
            return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
    }

    @Test
    void jpegKeepsGreyImagesAndRefusesOtherChannels() {
        Scopes.run(() -> {
            Tensor grey = TinyModels.images(5, 0.4, 0.6, 2, new ImageShape(1, 8, 8));
            AttackBatch batch = new AttackBatch(grey, new long[2], new long[] {1, 2}, new Seed(1));
            Tensor best = new JpegSpec(100).newAttack().perturb(victim, batch);
            assertThat(TinyModels.distance(best, grey)).isLessThan(2.5 / 255);
            Tensor two = TinyModels.images(5, 0.4, 0.6, 1, new ImageShape(2, 8, 8));
            AttackBatch odd = new AttackBatch(two, new long[1], new long[] {1}, new Seed(1));
            assertThatThrownBy(() -> new JpegSpec(100).newAttack().perturb(victim, odd))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("1 or 3 channels, got 2");
        });
    }
}
