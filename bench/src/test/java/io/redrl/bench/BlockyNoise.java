package io.redrl.bench;

import io.redrl.base.Seed;
import io.redrl.data.Cifar10;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;

/** Noise in place of photographs, in blocks of 8×8 pixels: smoother than independent pixels, and without values at the ends. */
record BlockyNoise(int size) implements ImageDataset {
    @Override
    public String id() {
        return "noise/test";
    }

    @Override
    public ImageShape shape() {
        return ImageShape.square(32);
    }

    @Override
    public List<String> classNames() {
        return Cifar10.CLASS_NAMES;
    }

    @Override
    public byte[] pixels(int index) {
        return Scopes.valued(() -> Tensors.greyLevels(Tensors.uniform(new Seed(3).child(index), 3, 4, 4)
                .mul(new Scalar(0.6))
                .add(new Scalar(0.2))
                .repeat_interleave(8, new LongOptional(1), new LongOptional())
                .repeat_interleave(8, new LongOptional(2), new LongOptional())));
    }

    @Override
    public int label(int index) {
        return index % 10;
    }

    @Override
    public String imageId(int index) {
        return id() + "/" + index;
    }

    @Override
    public String checksum() {
        return "noise " + size;
    }
}
