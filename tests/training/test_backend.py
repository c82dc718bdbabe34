from nnlab.training import backend


def test_the_settings_of_a_users_keras_change_nothing() -> None:
    backend.start()
    import keras

    keras.config.set_floatx("float16")
    keras.config.set_image_data_format("channels_first")
    keras.config.set_epsilon(0.1)
    backend.start()
    assert keras.config.floatx() == "float32"
    assert keras.config.image_data_format() == "channels_last"
    assert keras.config.epsilon() == 1e-7
