int gone(void);
__attribute__((visibility("default"))) int gone(void)
{
    return 0;
}
