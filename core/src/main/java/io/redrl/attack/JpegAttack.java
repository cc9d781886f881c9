package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A round trip through JPEG, not an attack: asks the victim nothing. Attackers and defenders alike have to reckon with
 * what compression alone does.
 *
 * <pre>  x = decode(encode(round(255 x₀), quality)) / 255</pre>
 *
 * <p>Baseline JPEG (ITU-T T.81) as the JDK's ImageIO writes it: YCbCr with colour at half the resolution both ways. Images
 * need one channel or three.
 *
 * @param spec the settings
 */
record JpegAttack(JpegSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return roundTrip(batch.images());
    }

    /** The round trip of {@code [N,C,H,W]} float32 in [0, 1]; the result joins the caller's scope. */
    Tensor roundTrip(Tensor of) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = of.detach();
            int channels = (int) images.size(1);
            int height = (int) images.size(2);
            int width = (int) images.size(3);
            Checks.require(
                    channels == 1 || channels == 3, "JPEG takes images of 1 or 3 channels, got %d channels", channels);
            byte[] levels = Tensors.greyLevels(images);
            float[] result = new float[levels.length];
            int area = height * width;
            for (int i = 0; i < images.size(0); i++) {
                int first = i * channels * area; // planes in the tensor, interleaved samples in the raster
                int[] samples = new int[channels * area];
                for (int j = 0; j < samples.length; j++) {
                    samples[j] = Byte.toUnsignedInt(levels[first + j % channels * area + j / channels]);
                }
                int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
                BufferedImage image = new BufferedImage(width, height, type);
                image.getRaster().setPixels(0, 0, width, height, samples);
                roundTrip(image).getRaster().getPixels(0, 0, width, height, samples);
                for (int j = 0; j < samples.length; j++) {
                    result[first + j % channels * area + j / channels] = samples[j];
                }
            }
            return Tensors.floats(result, Tensors.shape(images))
                    .to(images.device(), images.scalar_type())
                    .div_(new Scalar(255.0));
        });
    }

    private BufferedImage roundTrip(BufferedImage image) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
                ImageWriteParam parameters = writer.getDefaultWriteParam();
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(spec.quality() / 100f);
                writer.setOutput(out);
                writer.write(null, new IIOImage(image, null, null), parameters);
            }
            return ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new RedrlException("JPEG compression failed: " + e.getMessage(), e);
        } finally {
            writer.dispose();
        }
    }
}
